import { connect, type NatsConnection } from "@nats-io/transport-node";
import { startNats } from "@stationkit/embedded-nats";
import { beforeAll, describe, expect, it } from "vitest";
import { nats } from "../src/index.js";
import { partitionsUpTo, randomText, seededRandom } from "./seeded-random.js";

const counts = [1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 17, 100];
const mappings = Object.fromEntries(
  counts.map((count) => [`in${count}.*`, `out${count}.{{partition(${count},1)}}.{{wildcard(1)}}`]),
);
mappings["pair.*.*"] = "paired.{{partition(7,1,2)}}.{{wildcard(1)}}.{{wildcard(2)}}";

/** Keys that may be a token of a subject: not empty, no white space, dot, wildcard or control character. */
function tokens(count: number): string[] {
  const random = seededRandom(31);
  const keys = new Set([
    "a",
    "foobar",
    "user-1",
    "Ünïcödé",
    "日本語",
    "🚀",
    "x".repeat(64),
    "x".repeat(65),
    "語".repeat(300),
  ]);
  while (keys.size < count) {
    const key = randomText(random).replaceAll(/[\p{Cc}\p{Z}.*>]/gu, "");
    if (key !== "") keys.add(key);
  }
  return [...keys];
}

let connection: NatsConnection;

beforeAll(async () => {
  const server = await startNats({ config: { mappings } });
  connection = await connect({ servers: server.url });
  return async () => {
    await connection.close();
    await server.stop();
  };
});

/** Publishes to each subject; gives the partition (from 0) that the server put into the mapped subject of each. */
async function mappedPartitions(subjects: readonly string[], mapped: string): Promise<number[]> {
  const subscription = connection.subscribe(`${mapped}.>`, { max: subjects.length });
  for (const [index, subject] of subjects.entries()) connection.publish(subject, String(index));
  const found: number[] = [];
  for await (const message of subscription) found[Number(message.string())] = Number(message.subject.split(".")[1]);
  return found;
}

describe("nats", () => {
  const keys = tokens(1200);

  it.each(counts)("agrees with the server's partition(%i, 1) about 1,200 keys", async (count) => {
    const partitioner = nats();
    const subjects = keys.map((key) => `in${count}.${key}`);
    const ours = keys.map((key) => partitioner({ key, partitions: partitionsUpTo(count) }) - 1);
    expect(await mappedPartitions(subjects, `out${count}`)).toEqual(ours);
  });

  it("agrees with partition(7, 1, 2), whose key is two tokens without the dot", async () => {
    const partitioner = nats();
    const pairs = keys.map((key, index) => [key, keys.at(-1 - index)!] as const);
    const subjects = pairs.map(([first, second]) => `pair.${first}.${second}`);
    const ours = pairs.map(
      ([first, second]) => partitioner({ key: first + second, partitions: partitionsUpTo(7) }) - 1,
    );
    expect(await mappedPartitions(subjects, "paired")).toEqual(ours);
  });
});
