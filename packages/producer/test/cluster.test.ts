import { connect } from "@stationkit/core-protocol";
import { type NatsCluster, startCluster } from "@stationkit/embedded-nats";
import { readStation } from "@stationkit/test-kit";
import { failOnUnhandledRejections } from "@stationkit/test-kit/vitest";
import { createProducer } from "@stationkit/producer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  leaderKilled,
  leaderStepDown,
  majorityDown,
  minorityPaused,
  rollingRestart,
} from "./faults/scenarios/cluster.js";
import { expectPromisesKept } from "./support/expect-promises-kept.js";

failOnUnhandledRejections();

describe("a producer on a cluster of three, whose partitions have three replicas", { timeout: 240_000 }, () => {
  let cluster: NatsCluster;

  beforeAll(async () => {
    cluster = await startCluster({ size: 3 });
  });
  afterAll(async () => {
    await cluster.stop();
  });

  it("stores a message once when it is produced twice at the same time under one id", async () => {
    await using connection = await connect({ servers: cluster.urls });
    const producer = await createProducer(connection, { stationName: "twice", producerName: "p" });
    for (let i = 0; i < 50; i++) {
      const request = { message: String(i), msgId: `id-${i}`, asyncProduce: false } as const;
      const [first, second] = await Promise.all([producer.produce(request), producer.produce(request)]);
      expect(second).toEqual({ ...first, duplicate: true });
    }
    expect(await readStation(connection, "twice")).toHaveLength(50);
  });

  it("loses and doubles nothing, and tells of every message, while the leader of a partition is killed", async () => {
    await expectPromisesKept(leaderKilled, { count: 5_000, cluster });
  });

  it("loses and doubles nothing, and tells of every message, while leaders step down", async () => {
    await expectPromisesKept(leaderStepDown, { count: 3_000, cluster });
  });

  it("loses and doubles nothing, and tells of every message, while every server is restarted in turn", async () => {
    await expectPromisesKept(rollingRestart, { count: 3_000, cluster });
  });

  it("loses and doubles nothing, and tells of every message, while one of the servers is paused", async () => {
    await expectPromisesKept(minorityPaused, { count: 3_000, cluster });
  });

  it("loses and doubles nothing, and tells of every message, while two of the servers are down", async () => {
    await expectPromisesKept(majorityDown, { count: 3_000, cluster });
  });
});
