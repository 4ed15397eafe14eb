import { existsSync, openSync, readFileSync, writeSync } from "node:fs";
import type { PubAck } from "@stationkit/producer";
import type { Place } from "@stationkit/test-kit";

const RECORD_BYTES = 13;
const ATTEMPTED = 0;
const ACKNOWLEDGED = 1;
const DUPLICATE = 2;

/** What a process that will be killed writes down: a write that has returned survives the process. */
export class Diary {
  readonly #file: number;
  readonly #record = Buffer.alloc(RECORD_BYTES);

  constructor(file: string) {
    this.#file = openSync(file, "wx");
  }

  attempt(index: number): void {
    this.#write(ATTEMPTED, index, 0, 0);
  }

  acknowledge(index: number, { partition, sequence, duplicate }: PubAck): void {
    this.#write(duplicate ? DUPLICATE : ACKNOWLEDGED, index, partition, sequence);
  }

  #write(type: number, index: number, partition: number, sequence: number): void {
    this.#record.writeUInt8(type, 0);
    this.#record.writeUInt32LE(index, 1);
    this.#record.writeUInt32LE(partition, 5);
    this.#record.writeUInt32LE(sequence, 9);
    writeSync(this.#file, this.#record);
  }
}

/** What is in a diary. */
export interface DiaryEntries {
  /** Messages that were attempted. */
  readonly attempted: number;
  /** Those that were acknowledged. */
  readonly ends: readonly { readonly index: number; readonly place: Place }[];
}

/** Reads a diary, while it is written too; a missing one is empty. */
export function readDiary(file: string): DiaryEntries {
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const ends = [];
  let attempted = 0;
  for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) {
    const type = bytes.readUInt8(at);
    const place = {
      partition: bytes.readUInt32LE(at + 5),
      sequence: bytes.readUInt32LE(at + 9),
      duplicate: type === DUPLICATE,
    };
    if (type === ATTEMPTED) attempted++;
    else ends.push({ index: bytes.readUInt32LE(at + 1), place });
  }
  return { attempted, ends };
}
