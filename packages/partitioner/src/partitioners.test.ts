import { describe, expect, it } from "vitest";
import { partitionsUpTo, randomBytes, randomText, seededRandom } from "../test/seeded-random.js";
import {
  kafkaPartitioner,
  memphisPartitioner,
  nats,
  PartitionError,
  type Partitioner,
  resolvePartition,
  roundRobin,
  sticky,
} from "./index.js";

const factories: [string, () => Partitioner][] = [
  ["memphisPartitioner", memphisPartitioner],
  ["kafkaPartitioner", kafkaPartitioner],
  ["nats", nats],
  ["roundRobin", roundRobin],
  ["sticky", (): Partitioner => sticky({ maxRunMessages: 3 })],
];
const keyed = factories.slice(0, 3);

describe.each(factories)("%s", (_, create) => {
  it("always gives a number of the list, for 1 to 17 and 100 partitions of any numbers", () => {
    const random = seededRandom(17);
    const partitioner = create();
    for (const count of [...partitionsUpTo(17), 100]) {
      const lists = [partitionsUpTo(count), partitionsUpTo(count).reverse(), partitionsUpTo(count).map((n) => n * 10)];
      for (const partitions of lists) {
        for (let round = 0; round < 40; round++) {
          const key = [randomText(random), randomBytes(random), undefined][round % 3];
          expect(partitions).toContain(resolvePartition(partitioner, { key, partitions }));
        }
      }
    }
  });

  it("gives the only partition without looking at the key", () => {
    const partitioner = create();
    for (const key of ["a", "", new Uint8Array(3), undefined, 42 as never]) {
      expect(partitioner({ key, partitions: [7] })).toBe(7);
    }
  });

  it("refuses an empty list", () => {
    for (const key of ["a", undefined]) {
      expect(() => create()({ key, partitions: [] })).toThrow(PartitionError);
      expect(() => create()({ key, partitions: [] })).toThrow("the list of partitions is empty");
    }
  });

  it("leaves the list as it was", () => {
    const partitions = Object.freeze([1, 2, 3]);
    const partitioner = create();
    for (const key of ["a", undefined, undefined, undefined, undefined]) partitioner({ key, partitions });
    expect(partitions).toEqual([1, 2, 3]);
  });
});

describe.each(keyed)("%s with keys", (_, create) => {
  it("gives the same partition for the same key, from any instance, as text or as bytes", () => {
    const random = seededRandom(18);
    for (const count of partitionsUpTo(17)) {
      const partitions = partitionsUpTo(count);
      for (let round = 0; round < 60; round++) {
        const text = randomText(random);
        const expected = create()({ key: text, partitions });
        expect(create()({ key: text, partitions, station: "other" })).toBe(expected);
        expect(create()({ key: Buffer.from(text), partitions })).toBe(expected);
      }
    }
  });

  it("uses every partition, about equally often", () => {
    const partitioner = create();
    for (const count of [2, 3, 5, 7, 12, 16]) {
      const partitions = partitionsUpTo(count);
      const hits = new Map<number, number>();
      for (let index = 0; index < 20_000; index++) {
        const partition = partitioner({ key: `customer-${index}`, partitions });
        hits.set(partition, (hits.get(partition) ?? 0) + 1);
      }
      for (const partition of partitions) expect(hits.get(partition)! * count).toBeGreaterThan(17_000);
    }
  });

  it("refuses a key that is neither text nor bytes", () => {
    expect(() => create()({ key: 42 as never, partitions: [1, 2] })).toThrow(
      "A partition key is a string or a Uint8Array, not number.",
    );
  });
});
