import { findBinary } from "@stationkit/embedded-nats";
import { failOnUnhandledRejections } from "@stationkit/test-kit/vitest";
import { describe, expect, it } from "vitest";
import { scenarios } from "./faults/scenarios/index.js";
import { closeFull } from "./faults/scenarios/close-full.js";
import { acksDropped, connectionCut, halfOpen, networkStalled } from "./faults/scenarios/network.js";
import { permissionDenied } from "./faults/scenarios/permission-denied.js";
import { producerKilled } from "./faults/scenarios/producer-killed.js";
import { stationDeleted, stationFull, throttled, throttledStrict } from "./faults/scenarios/refusals.js";
import {
  serverKilled,
  serverLameDuck,
  serverPaused,
  serverTerminated,
  withoutIds,
} from "./faults/scenarios/server-process.js";
import { expectPromisesKept } from "./support/expect-promises-kept.js";

const { version } = await findBinary();
const cannotThrottle = throttled.unfit?.(version);
if (cannotThrottle !== undefined) console.warn(`${cannotThrottle}: two scenarios are skipped`);

failOnUnhandledRejections();

describe("a producer under faults of the server", () => {
  it("loses, doubles and reorders nothing while the server is killed and restarted", async () => {
    await expectPromisesKept(serverKilled, { count: 20_000 });
  });

  it("loses, doubles and reorders nothing while the server is shut down and restarted", async () => {
    await expectPromisesKept(serverTerminated, { count: 10_000 });
  });

  it("loses, doubles and reorders nothing while the server is a lame duck and restarted", async () => {
    await expectPromisesKept(serverLameDuck, { count: 10_000 });
  });

  it("loses, doubles and reorders nothing while the server does not answer for longer than a try may take", async () => {
    await expectPromisesKept(serverPaused, { count: 20_000 });
  });

  it("reports as unknown, and never repeats, what was unanswered without an id", async () => {
    await expectPromisesKept(withoutIds, { count: 5_000 });
  });
});

describe("a producer under faults of the network", () => {
  it("loses, doubles and reorders nothing while its connection is cut again and again", async () => {
    await expectPromisesKept(connectionCut, { count: 20_000 });
  });

  it("loses, doubles and reorders nothing while messages arrive and their acknowledgements do not", async () => {
    await expectPromisesKept(acksDropped, { count: 20_000 });
  });

  it("loses, doubles and reorders nothing while bytes of one direction wait, or come late", async () => {
    await expectPromisesKept(networkStalled, { count: 10_000 });
  });

  it("loses, doubles and reorders nothing when the other end of its socket is gone and nobody says so", async () => {
    await expectPromisesKept(halfOpen, { count: 10_000 });
  });
});

describe("a producer that is refused", () => {
  it("tells of every message of a station that is deleted under it, and uses the one that is made again", async () => {
    await expectPromisesKept(stationDeleted, { count: 10_000 });
  });

  it.skipIf(cannotThrottle)("delivers everything to a server that keeps asking to slow down", async () => {
    await expectPromisesKept(throttledStrict, { count: 20_000 });
  });

  it.skipIf(cannotThrottle)(
    "may let a message be overtaken that was refused for a moment, and nothing worse",
    async () => {
      await expectPromisesKept(throttled, { count: 20_000 });
    },
  );

  it("fills a station to its last message and is rejected every further one", async () => {
    await expectPromisesKept(stationFull, { count: 10_000 });
  });

  it("delivers to one station all that it may not send to another", async () => {
    await expectPromisesKept(permissionDenied, { count: 10_000 });
  });
});

describe("a producer that ends", () => {
  it("settles everything before close() resolves, with a full window and more calls waiting, also across a cut", async () => {
    await expectPromisesKept(closeFull, { count: 10_000 });
  });

  it("leaves at most one window unknown when its process is killed", async () => {
    await expectPromisesKept(producerKilled, { count: 10_000 });
  });
});

it("every scenario has a name of its own", () => {
  const names = scenarios.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
