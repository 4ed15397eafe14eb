/** 2 ** 52: hashes are below it, so that the sum of two is still exact in a number. */
export const HASH_RANGE = 4_503_599_627_370_496;

/**
 * Hashes text to an integer below 2 ** 52: the two 32-bit halves of cyrb53, of which one bit less is used. Not for secrets.
 * @see https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js
 */
export function hashText(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2_654_435_761);
    b = Math.imul(b ^ unit, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return (b & 0xfffff) * 4_294_967_296 + (a >>> 0);
}
