import { StationNotFoundError } from "@stationkit/core-protocol";
import { createStationAdmin, type StationAdmin } from "@stationkit/station-admin";
import { freshName, rejection } from "@stationkit/test-kit/vitest";
import { describe, expect, it } from "vitest";
import { useBroker } from "./support/broker.js";
import { expectWhole } from "./support/expect-station.js";
import { type Fault, withFaults } from "./support/faults.js";

const broker = useBroker();

interface Scenario {
  readonly name: string;
  /** Whether the call came to its end, with no fault met. */
  readonly done: boolean;
}

/** Makes a call again and again on fresh stations, each time with the fault one request later, until it gets through without. */
async function withFaultAtEveryRequest(
  fault: Fault,
  prepare: (name: string) => Promise<unknown>,
  call: (admin: StationAdmin, name: string) => Promise<unknown>,
  then: (scenario: Scenario) => Promise<void>,
): Promise<number> {
  for (let at = 0; ; at++) {
    const name = freshName("crash");
    await prepare(name);
    const connection = withFaults(broker.connection, (index) => (index === at ? fault : { type: "none" }));
    const outcome = await Promise.allSettled([call(createStationAdmin(connection), name)]);
    const done = connection.requests.length <= at;
    if (fault.type === "answer-lost") expect(outcome[0].status).toBe("fulfilled");
    await then({ name, done });
    await broker.admin.destroy(name).catch(() => undefined);
    expect(await broker.streamsOf(name)).toEqual([]);
    if (fault.type === "dead" ? outcome[0].status === "fulfilled" : done) return at;
  }
}

const DEAD: Fault = { type: "dead" };
const ANSWER_LOST: Fault = { type: "answer-lost" };
const nothing = (): Promise<void> => Promise.resolve();

async function exists(name: string): Promise<boolean> {
  return (await broker.streamsOf(name)).includes(`${name}$1`);
}

async function produceEverywhere(name: string): Promise<void> {
  for (const { number } of (await broker.admin.describe(name)).partitions) await broker.publish(name, number, 2);
}

describe("a creator that dies before any of its requests", () => {
  const settings = { partitions: 4, storage: "file" } as const;

  it("has made nothing until partition 1, and the next ensure completes what it left", async () => {
    const steps = await withFaultAtEveryRequest(
      DEAD,
      nothing,
      (admin, name) => admin.create({ name, ...settings }),
      async ({ name }) => {
        if (!(await exists(name))) {
          expect(await rejection(broker.admin.describe(name))).toBeInstanceOf(StationNotFoundError);
        }
        await broker.admin.ensure({ name, ...settings });
        const { partitions } = await expectWhole(broker, name);
        expect(partitions).toHaveLength(4);
      },
    );
    expect(steps).toBeGreaterThan(4);
  });

  it("does not stand in the way of a create with other settings", async () => {
    await withFaultAtEveryRequest(
      DEAD,
      nothing,
      (admin, name) => admin.create({ name, ...settings }),
      async ({ name }) => {
        if (await exists(name)) return;
        await broker.admin.create({ name, partitions: 3, storage: "memory" });
        const { partitions, settings: made } = await broker.admin.describe(name);
        expect(partitions.map((one) => one.state)).toEqual(["ready", "ready", "ready"]);
        expect(made.storage).toBe("memory");
      },
    );
  });
});

describe("a destroyer that dies before any of its requests", () => {
  const prepare = async (name: string): Promise<void> => {
    await broker.admin.create({ name, partitions: 4 });
    await produceEverywhere(name);
  };

  it("leaves what the next destroy removes", async () => {
    await withFaultAtEveryRequest(
      DEAD,
      prepare,
      (admin, name) => admin.destroy(name),
      async ({ name }) => {
        const left = await broker.streamsOf(name);
        const again = broker.admin.destroy(name);
        if (left.length > 0) await again;
        else expect(await rejection(again)).toBeInstanceOf(StationNotFoundError);
        expect(await broker.streamsOf(name)).toEqual([]);
      },
    );
  });

  it("leaves no message behind in the station that the next ensure makes", async () => {
    await withFaultAtEveryRequest(
      DEAD,
      prepare,
      (admin, name) => admin.destroy(name),
      async ({ name }) => {
        const existed = await exists(name);
        await broker.admin.ensure({ name, partitions: 4 });
        const { totals, partitions } = await expectWhole(broker, name);
        expect(totals.messages).toBe(existed ? 8 : 0);
        expect(partitions.map((one) => one.lastSequence)).toEqual(existed ? [2, 2, 2, 2] : [0, 0, 0, 0]);
      },
    );
  });
});

describe("a grower that dies before any of its requests", () => {
  it("has added nothing until partition 1 says so, and the next one goes on", async () => {
    await withFaultAtEveryRequest(
      DEAD,
      async (name) => {
        await broker.admin.create({ name, partitions: 2 });
        await produceEverywhere(name);
      },
      (admin, name) => admin.addPartitions(name, { total: 5 }),
      async ({ name }) => {
        const station = await broker.admin.ensure({ name });
        expect([2, 5]).toContain(station.partitions.length);
        await broker.admin.addPartitions(name, { total: 5 });
        const { totals, partitions } = await expectWhole(broker, name);
        expect(partitions).toHaveLength(5);
        expect(totals.messages).toBe(4);
      },
    );
  });
});

describe("an updater that dies before any of its requests", () => {
  it("has changed all or nothing once the next ensure has passed", async () => {
    await withFaultAtEveryRequest(
      DEAD,
      (name) => broker.admin.create({ name, partitions: 3, idempotencyWindowMs: 1_000 }),
      (admin, name) =>
        admin.update(name, { idempotencyWindowMs: 2_000, retention: { type: "messages", maxMessages: 7 } }),
      async ({ name }) => {
        await broker.admin.ensure({ name });
        const { settings } = await expectWhole(broker, name);
        const changed = settings.idempotencyWindowMs === 2_000;
        expect(settings.retention.type).toBe(changed ? "messages" : "age");
      },
    );
  });
});

describe("a lost answer", () => {
  it("of any request does not disturb a create", async () => {
    await withFaultAtEveryRequest(
      ANSWER_LOST,
      nothing,
      (admin, name) => admin.create({ name, partitions: 3 }),
      async ({ name }) => {
        expect((await expectWhole(broker, name)).partitions).toHaveLength(3);
      },
    );
  });

  it("of any request does not disturb growth, update and destroy", async () => {
    await withFaultAtEveryRequest(
      ANSWER_LOST,
      (name) => broker.admin.create({ name, partitions: 2 }),
      async (admin, name) => {
        await admin.addPartitions(name, { total: 3 });
        await admin.update(name, { discard: "new" });
        await admin.destroy(name);
      },
      async ({ name }) => {
        expect(await broker.streamsOf(name)).toEqual([]);
      },
    );
  });
});
