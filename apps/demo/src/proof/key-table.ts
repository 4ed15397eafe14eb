const FIRST_SLOTS = 1_024;

/** How many keys are followed; with their slots about 36 MB. */
const MAX_KEYS = 1_048_576;

/**
 * For each key, by its hash: the partition where it was first seen and the last index seen there. An open hash table in typed arrays:
 * 18 bytes a slot, at most half of the slots used.
 */
export class KeyTable {
  readonly #maxKeys: number;
  #keys = new Float64Array(FIRST_SLOTS).fill(-1);
  #partitions = new Uint16Array(FIRST_SLOTS);
  #indexes = new Float64Array(FIRST_SLOTS);
  #size = 0;

  constructor(maxKeys: number = MAX_KEYS) {
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * The slot of a key, which is made with this partition and index when the key is new.
   * @returns -1 for a new key when the table is full.
   */
  slot(key: number, partition: number, index: number): number {
    const slot = this.#find(key);
    if (this.#keys[slot] === key) return slot;
    if (this.#size >= this.#maxKeys) return -1;
    if ((this.#size + 1) * 2 > this.#keys.length) this.#grow();
    return this.#insert(key, partition, index);
  }

  partition(slot: number): number {
    return this.#partitions[slot] ?? 0;
  }

  lastIndex(slot: number): number {
    return this.#indexes[slot] ?? -1;
  }

  setLastIndex(slot: number, index: number): void {
    this.#indexes[slot] = index;
  }

  #insert(key: number, partition: number, index: number): number {
    const slot = this.#find(key);
    this.#keys[slot] = key;
    this.#partitions[slot] = partition;
    this.#indexes[slot] = index;
    this.#size++;
    return slot;
  }

  #find(key: number): number {
    const slots = this.#keys.length;
    let slot = key % slots;
    while (this.#keys[slot] !== key && this.#keys[slot] !== -1) slot = (slot + 1) % slots;
    return slot;
  }

  #grow(): void {
    const [keys, partitions, indexes] = [this.#keys, this.#partitions, this.#indexes];
    this.#keys = new Float64Array(keys.length * 2).fill(-1);
    this.#partitions = new Uint16Array(keys.length * 2);
    this.#indexes = new Float64Array(keys.length * 2);
    this.#size = 0;
    for (const [slot, key] of keys.entries()) {
      if (key !== -1) this.#insert(key, partitions[slot] ?? 0, indexes[slot] ?? 0);
    }
  }
}
