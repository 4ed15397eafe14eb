import { type Connection, StationNotFoundError } from "@stationkit/core-protocol";
import { createStationAdmin, type StationAdmin } from "@stationkit/station-admin";
import { createRandom } from "@stationkit/test-kit";
import { freshName } from "@stationkit/test-kit/vitest";
import { beforeEach, describe, expect, it } from "vitest";
import { useBroker } from "./support/broker.js";
import { agreed, expectWhole } from "./support/expect-station.js";
import { withFaults } from "./support/faults.js";

const CLIENTS = 12;
const ROUNDS = 12;

const broker = useBroker();
let connections: Connection[];

beforeEach(async () => {
  connections = await Promise.all(Array.from({ length: CLIENTS }, () => broker.connect()));
});

function shakenAdmins(seed: number): StationAdmin[] {
  const random = createRandom(seed).fraction;
  return connections.map((connection) =>
    createStationAdmin(
      withFaults(connection, () =>
        random() < 0.5 ? { type: "none" } : { type: "slow", ms: Math.floor(random() * 8) },
      ),
    ),
  );
}

describe("changes at the same time", () => {
  it("growers with different totals end with the largest", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const name = freshName("grow");
      await broker.admin.create({ name, partitions: 2 });
      await broker.publish(name, 2, 3);
      const results = await Promise.allSettled(
        shakenAdmins(round).map((admin, index) => admin.addPartitions(name, { total: 3 + (index % 5) })),
      );
      const { partitions, totals } = await expectWhole(broker, name);
      expect(partitions).toHaveLength(7);
      expect(totals.messages).toBe(3);
      for (const [index, result] of results.entries()) {
        // Who starts after a larger growth asks for less than there is.
        if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "SK_USAGE" });
        else expect(result.value.partitions.length).toBeGreaterThanOrEqual(3 + (index % 5));
      }
    }
  });

  it("updates end with the settings of one of them on every partition", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const name = freshName("update");
      await broker.admin.create({ name, partitions: 4 });
      await Promise.all(
        shakenAdmins(round).map((admin, index) =>
          admin.update(name, {
            idempotencyWindowMs: 1_000 + index,
            retention: { type: "messages", maxMessages: 1 + index },
          }),
        ),
      );
      const { settings } = await expectWhole(broker, name);
      const index = settings.idempotencyWindowMs - 1_000;
      expect(settings.retention).toEqual({ type: "messages", maxMessages: 1 + index });
    }
  });

  it("growth and updates take nothing back from each other", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const name = freshName("both");
      await broker.admin.create({ name, partitions: 2 });
      await Promise.all(
        shakenAdmins(round).map((admin, index) =>
          index % 3 === 0
            ? admin.update(name, { idempotencyWindowMs: 5_000, discard: "new" })
            : admin.addPartitions(name, { total: 6 }),
        ),
      );
      const { settings, partitions } = await expectWhole(broker, name);
      expect(partitions).toHaveLength(6);
      expect(settings).toMatchObject({ idempotencyWindowMs: 5_000, discard: "new" });
    }
  });

  it("destroy and ensure end with no station, or a whole one", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const name = freshName("destroy");
      await broker.admin.create({ name, partitions: 5 });
      const results = await Promise.allSettled(
        shakenAdmins(round).map((admin, index) =>
          index % 3 === 0 ? admin.destroy(name) : admin.ensure({ name, partitions: 2 + (index % 4) }),
        ),
      );
      for (const [index, result] of results.entries()) {
        if (result.status === "fulfilled") continue;
        expect(result.reason).toBeInstanceOf(StationNotFoundError);
        expect(index % 3).toBe(0);
      }
      const stations = await Promise.all(shakenAdmins(round).map((admin) => admin.ensure({ name })));
      const description = await broker.admin.describe(name);
      expect(description.partitions.map((one) => one.state)).toEqual(description.partitions.map(() => "ready"));
      for (const station of stations) expect(agreed(station)).toEqual(agreed(description));
      await broker.admin.destroy(name);
      await broker.admin.destroy(name).catch(() => undefined);
      expect(await broker.streamsOf(name)).toEqual([]);
    }
  });
});
