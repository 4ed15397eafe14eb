import { closeSync, existsSync, openSync, readSync, statSync, writeSync } from "node:fs";

const RECORD_BYTES = 8;
const CHUNK_BYTES = RECORD_BYTES * 65_536;

/** One hand-out. */
export interface DiaryEntry {
  readonly index: number;
  readonly partition: number;
  readonly deliveries: number;
}

/**
 * What the members of a group were handed. All processes of a group append to one file, so that it has their hand-outs in the order
 * in which they happened; a write that has returned survives its process.
 */
export class Diary {
  readonly #file: number;
  readonly #record = Buffer.alloc(RECORD_BYTES);

  constructor(path: string) {
    this.#file = openSync(path, "a");
  }

  write({ index, partition, deliveries }: DiaryEntry): void {
    this.#record.writeUInt32LE(index, 0);
    this.#record.writeUInt16LE(partition, 4);
    this.#record.writeUInt16LE(deliveries, 6);
    writeSync(this.#file, this.#record);
  }
}

/** Hand-outs so far; 0 while there is no diary. */
export function countEntries(path: string): number {
  return existsSync(path) ? Math.floor(statSync(path).size / RECORD_BYTES) : 0;
}

/** Reads a diary from its beginning. */
export function readDiary(path: string, visit: (entry: DiaryEntry) => void): void {
  if (!existsSync(path)) return;
  const file = openSync(path, "r");
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let bytes = readSync(file, chunk); bytes > 0; bytes = readSync(file, chunk)) {
    for (let at = 0; at + RECORD_BYTES <= bytes; at += RECORD_BYTES) {
      visit({
        index: chunk.readUInt32LE(at),
        partition: chunk.readUInt16LE(at + 4),
        deliveries: chunk.readUInt16LE(at + 6),
      });
    }
  }
  closeSync(file);
}
