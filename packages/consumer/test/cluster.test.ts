import { type NatsCluster, startCluster } from "@stationkit/embedded-nats";
import { failOnUnhandledRejections } from "@stationkit/test-kit/vitest";
import { afterAll, beforeAll, describe, it } from "vitest";
import { readersLeaderKilled, readersLeadersStepDown, readersNodeKilled } from "./faults/scenarios/cluster.js";
import { expectPromisesKept } from "./support/expect-promises-kept.js";

let cluster: NatsCluster;

beforeAll(async () => {
  cluster = await startCluster({ size: 3 });
});
afterAll(async () => {
  await cluster.stop();
});
failOnUnhandledRejections();

describe("groups on a cluster of three", { timeout: 180_000 }, () => {
  it("get every message while the leader of a partition or of their place on it is killed", async () => {
    await expectPromisesKept(readersLeaderKilled, { count: 2_000, cluster });
  });

  it("get every message while the server that a member is connected to is killed", async () => {
    await expectPromisesKept(readersNodeKilled, { count: 2_000, cluster });
  });

  it("get every message while leaders step down, again and again", async () => {
    await expectPromisesKept(readersLeadersStepDown, { count: 2_000, cluster });
  });
});
