import { findBinary } from "@stationkit/embedded-nats";
import { failOnUnhandledRejections } from "@stationkit/test-kit/vitest";
import { describe, expect, it } from "vitest";
import { exclusiveMembers } from "./faults/scenarios/exclusive-members.js";
import { scenarios } from "./faults/scenarios/index.js";
import { membersKilled } from "./faults/scenarios/members-killed.js";
import { poisonKills } from "./faults/scenarios/poison-kills.js";
import { poisonMessage } from "./faults/scenarios/poison-message.js";
import { serverLimit } from "./faults/scenarios/server-limit.js";
import { durableDeleted, readersServerKilled, stationDestroyed } from "./faults/scenarios/server-process.js";
import { slowHandler } from "./faults/scenarios/slow-handler.js";
import { expectPromisesKept } from "./support/expect-promises-kept.js";

const { version } = await findBinary();
const isTooOld = version.startsWith("2.10.");
if (isTooOld) console.warn(`nats-server ${version} has no exclusive groups: their scenario is skipped`);

failOnUnhandledRejections();

describe("groups whose members die", () => {
  it("get every message, all of them, while processes are killed and replaced", async () => {
    await expectPromisesKept(membersKilled, { count: 10_000 });
  });

  it.skipIf(isTooOld)(
    "keep the order of a key, if they are exclusive, while members are killed, join and leave",
    async () => {
      await expectPromisesKept(exclusiveMembers, { count: 5_000 });
    },
  );

  it("make a dead letter of a message that kills its readers, and of nothing beside it", async () => {
    await expectPromisesKept(poisonKills, { count: 1_000 });
  });

  it("make a dead letter of what the server gives up, also when its last reader dies with it", async () => {
    await expectPromisesKept(serverLimit, { count: 200 });
  });
});

describe("a group that is slower than its producers", () => {
  it("takes no more than its bounds, and keeps the order, with a handler of 10 ms", async () => {
    await expectPromisesKept(slowHandler, { count: 2_800 });
  });
});

describe("a group that cannot deal with a message", () => {
  it("has it in the dead-letter station with its story, to be sent again to it alone, or dropped", async () => {
    await expectPromisesKept(poisonMessage, { count: 2_000 });
  });
});

describe("groups under faults of the server", () => {
  it("get every message while the server is killed and restarted", async () => {
    await expectPromisesKept(readersServerKilled, { count: 5_000 });
  });

  it("get every message, and are told, when their place on a partition is deleted", async () => {
    await expectPromisesKept(durableDeleted, { count: 5_000 });
  });

  it("are told when their station is destroyed, and read the one that is made again", async () => {
    await expectPromisesKept(stationDestroyed, { count: 4_000 });
  });
});

it("every scenario has a name of its own", () => {
  const names = scenarios.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
