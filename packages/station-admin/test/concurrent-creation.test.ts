import { type Connection, StationExistsError } from "@stationkit/core-protocol";
import { createStationAdmin, type Station, type StationAdmin, type StationOptions } from "@stationkit/station-admin";
import { createRandom } from "@stationkit/test-kit";
import { freshName } from "@stationkit/test-kit/vitest";
import { beforeEach, describe, expect, it } from "vitest";
import { useBroker } from "./support/broker.js";
import { agreed, expectWhole } from "./support/expect-station.js";
import { withFaults } from "./support/faults.js";

const CLIENTS = 20;
const ROUNDS = 20;

const broker = useBroker();
let connections: Connection[];

beforeEach(async () => {
  connections = await Promise.all(Array.from({ length: CLIENTS }, () => broker.connect()));
});

/** Each client's requests are held back by up to 5 ms, so that rounds with other seeds meet in other orders. */
function shakenAdmins(seed: number): StationAdmin[] {
  const random = createRandom(seed).fraction;
  return connections.map((connection) =>
    createStationAdmin(
      withFaults(connection, () =>
        random() < 0.5 ? { type: "none" } : { type: "slow", ms: Math.floor(random() * 5) },
      ),
    ),
  );
}

function randomSettings(random: () => number): Omit<StationOptions, "name"> {
  const pick = <T>(...values: T[]): T => values[Math.floor(random() * values.length)]!;
  return {
    partitions: pick(1, 1, 2, 3, 5, 8),
    storage: pick("file", "memory"),
    retention: pick<NonNullable<StationOptions["retention"]>>(
      { type: "age", maxAgeMs: 60_000 },
      { type: "messages", maxMessages: 100 },
      { type: "bytes", maxBytes: 1_000_000 },
    ),
    idempotencyWindowMs: pick(1_000, 2_000, 60_000),
  };
}

describe("twenty clients at once", () => {
  it("end with one station when they create it with the same settings", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const options = { name: freshName("same"), partitions: 1 + (round % 5) };
      const stations = await Promise.all(shakenAdmins(round).map((admin) => admin.create(options)));
      const description = await expectWhole(broker, options.name);
      for (const station of stations) expect(agreed(station)).toEqual(agreed(description));
    }
  });

  it("end with one station when each ensures it with other settings, and nobody gets an error", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const random = createRandom(1_000 + round).fraction;
      const name = freshName("ensure");
      const stations = await Promise.all(
        shakenAdmins(round).map((admin) => admin.ensure({ name, ...randomSettings(random) })),
      );
      const description = await expectWhole(broker, name);
      for (const station of stations) expect(agreed(station)).toEqual(agreed(description));
    }
  });

  it("lose no message that one of them has produced as soon as its ensure was done", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const random = createRandom(3_000 + round).fraction;
      const name = freshName("produce");
      const counts = await Promise.all(
        shakenAdmins(round).map(async (admin, index) => {
          const { partitions } = await admin.ensure({ name, ...randomSettings(random) });
          for (const partition of partitions) {
            await connections[index]!.natsConnection.request(`${name}$${partition}.final`, "x");
          }
          return partitions.length;
        }),
      );
      const { totals } = await expectWhole(broker, name);
      expect(totals.messages).toBe(counts.reduce((sum, count) => sum + count, 0));
    }
  });

  it("end with one station when each creates it with other settings, and only those who asked for others get an error", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const random = createRandom(2_000 + round).fraction;
      const name = freshName("create");
      const requests = connections.map(() => ({ name, ...randomSettings(random) }));
      const results = await Promise.allSettled(
        shakenAdmins(round).map((admin, index) => admin.create(requests[index]!)),
      );
      const description = await expectWhole(broker, name);
      const winners: Station[] = [];
      for (const [index, result] of results.entries()) {
        const { partitions, storage, retention, idempotencyWindowMs } = requests[index]!;
        const same =
          partitions === description.partitions.length &&
          storage === description.settings.storage &&
          JSON.stringify(retention) === JSON.stringify(description.settings.retention) &&
          idempotencyWindowMs === description.settings.idempotencyWindowMs;
        if (result.status === "fulfilled") winners.push(result.value);
        else expect(result.reason).toBeInstanceOf(StationExistsError);
        expect(result.status).toBe(same ? "fulfilled" : "rejected");
      }
      expect(winners.length).toBeGreaterThan(0);
      for (const station of winners) expect(agreed(station)).toEqual(agreed(description));
    }
  });
});
