import { describe, expect, it } from "vitest";
import { UsageError } from "./errors/usage-errors.js";
import {
  encodeHeaderTail,
  encodeUserHeaders,
  HEADER,
  HEADER_PREAMBLE,
  headerLine,
  type MessageHeaders,
} from "./headers.js";
import { LIMITS } from "./limits.js";

const decoder = new TextDecoder();

describe("encodeUserHeaders", () => {
  it("writes one line per value, in the order given", () => {
    expect(encodeUserHeaders({ b: "2", a: "1", c: ["x", "y"] })).toBe("b: 2\r\na: 1\r\nc: x\r\nc: y\r\n");
  });

  it("writes nothing for no headers, and for a name without values", () => {
    expect(encodeUserHeaders({})).toBe("");
    expect(encodeUserHeaders({ empty: [] })).toBe("");
  });

  it("keeps names case-sensitive", () => {
    expect(encodeUserHeaders({ Trace: "1", trace: "2" })).toBe("Trace: 1\r\ntrace: 2\r\n");
  });

  it.each(["msg-id", "MSG-ID", "Nats-Msg-Id", "nats-msg-id", "$memphis_producedBy", "$MEMPHIS_x", "Nats-Batch-Id"])(
    "refuses %s, which the producer sets itself",
    (name) => {
      expect(() => encodeUserHeaders({ [name]: "x" })).toThrow(/set by the producer/);
    },
  );

  it.each(["x-msg-id", "msg-id-2", "my$memphis", "Nats-Expected-Stream", "Nats-TTL"])("lets %s pass", (name) => {
    expect(encodeUserHeaders({ [name]: "x" })).toBe(`${name}: x\r\n`);
  });

  it.each(["", " ", "a b", "a:b", "a\r\nb", "a\tb", "größe", "a\u0000", "\u007f"])("refuses the name %j", (name) => {
    expect(() => encodeUserHeaders({ [name]: "x" })).toThrow(UsageError);
  });

  it.each(["a\r\nevil: 1", "a\nb", "a\rb", "\r\n", " a", "a ", "\ta", "a\u00a0"])("refuses the value %j", (value) => {
    expect(() => encodeUserHeaders({ name: value })).toThrow(UsageError);
    expect(() => encodeUserHeaders({ name: ["fine", value] })).toThrow(UsageError);
    expect(() => headerLine(HEADER.natsMessageId, value)).toThrow(UsageError);
  });

  it.each([undefined, null, 7, true, {}, [7], [undefined]])("refuses a value that is no string: %o", (value) => {
    expect(() => encodeUserHeaders({ name: value } as unknown as MessageHeaders)).toThrow(
      /header name must be a string/,
    );
  });

  it("carries empty values, inner white space, colons and non-ASCII as UTF-8", () => {
    const lines = encodeUserHeaders({ a: "", b: "x y\tz", c: "http://h:1/", d: "größe 日本" });
    expect(decoder.decode(encodeHeaderTail(lines))).toBe("a: \r\nb: x y\tz\r\nc: http://h:1/\r\nd: größe 日本\r\n\r\n");
  });
});

describe("encodeHeaderTail", () => {
  const frame = `${HEADER_PREAMBLE}\r\n`.length;
  const around = headerLine("a", "").length;

  it("counts bytes of the whole block, not characters, up to 65,535 of them", () => {
    const fits = headerLine("a", "x".repeat(LIMITS.maxHeaderBytes - frame - around));
    expect(encodeHeaderTail(fits)).toHaveLength(65_535 - HEADER_PREAMBLE.length);
    const wide = headerLine("a", "ü".repeat((LIMITS.maxHeaderBytes - frame - around) / 2 + 1));
    expect(wide.length).toBeLessThan(65_535);
    expect(() => encodeHeaderTail(wide)).toThrow(/at most 65535/);
  });

  it("refuses one byte more, of the tail or of the lines before it", () => {
    const tooLong = headerLine("a", "x".repeat(LIMITS.maxHeaderBytes - frame - around + 1));
    expect(() => encodeHeaderTail(tooLong)).toThrow(/headers take 65536 bytes/);
    const fits = headerLine("a", "x".repeat(LIMITS.maxHeaderBytes - frame - around - 7));
    expect(() => encodeHeaderTail(fits, 7)).not.toThrow();
    expect(() => encodeHeaderTail(fits, 8)).toThrow(/headers take 65536 bytes/);
  });
});
