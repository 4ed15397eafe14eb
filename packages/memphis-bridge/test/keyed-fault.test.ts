import { memphisPartitioner } from "@stationkit/partitioner";
import { createProducer } from "@stationkit/producer";
import { readStation } from "@stationkit/test-kit";
import { expect, it } from "vitest";
import { useStage } from "./support/stage.js";

const stage = useStage();
const PARTITIONS = 4;
const KEYS = Array.from({ length: 40 }, (_, i) => `user-${i}`);

/**
 * Where memphis-dev 1.3.2 sends a key: it takes the place in the list of partitions, from 0, for the number of the partition.
 * @see memphis.js 1.3.2, memphis.ts:1401-1412
 */
function faultyPartition(key: string): number {
  return canonicalPartition(key) - 1;
}

/** Where all other Memphis SDKs send it, and ours. */
function canonicalPartition(key: string): number {
  const partitions = Array.from({ length: PARTITIONS }, (_, i) => i + 1);
  return memphisPartitioner()({ key, partitions });
}

it("memphis-dev's keys go one partition too low, and are lost for the first: told every partition, it gets that wrong by itself", async () => {
  const memphis = await stage.memphis();
  const name = stage.station();
  await memphis.station({ name, partitionsNumber: PARTITIONS });
  const producer = await memphis.producer({ stationName: name, producerName: "p" });
  expect(memphis.stationPartitions.get(name)).toEqual([1, 2, 3, 4]);
  const lost: string[] = [];
  for (const key of KEYS) {
    try {
      await producer.produce({ message: key, producerPartitionKey: key, asyncProduce: false });
    } catch (error) {
      expect((error as Error).message).toMatch(/still exist/);
      lost.push(key);
    }
  }
  expect(lost).toEqual(KEYS.filter((key) => faultyPartition(key) === 0));
  expect(lost.length).toBeGreaterThan(0);
  const messages = await readStation(await stage.connect(), name);
  const places = new Map(messages.map(({ text, partition }) => [text, partition]));
  for (const key of KEYS.filter((one) => !lost.includes(one))) expect(places.get(key)).toBe(faultyPartition(key));
});

it("the same keys of our producer are all stored, where the other SDKs look for them", async () => {
  const connection = await stage.connect();
  const memphis = await stage.memphis();
  const name = stage.station();
  await memphis.station({ name, partitionsNumber: PARTITIONS });
  const producer = await createProducer(connection, { stationName: name, producerName: "p" });
  for (const key of KEYS) await producer.produce({ message: key, partitionKey: key, asyncProduce: false });
  const messages = await readStation(connection, name);
  expect(messages.map(({ text, partition }) => [text, partition]).sort()).toEqual(
    KEYS.map((key) => [key, canonicalPartition(key)]).sort(),
  );
});
