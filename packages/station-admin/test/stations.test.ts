import {
  InvalidNameError,
  ResourceLimitError,
  StationConflictError,
  StationExistsError,
  StationNotFoundError,
  UsageError,
} from "@stationkit/core-protocol";
import { type RetentionPolicy, STATION_DEFAULTS, type StationDescription } from "@stationkit/station-admin";
import { freshName, itOnJetStream, rejection } from "@stationkit/test-kit/vitest";
import { describe, expect, it } from "vitest";
import { useBroker } from "./support/broker.js";
import { expectWhole } from "./support/expect-station.js";

const broker = useBroker();

async function makeStream(name: string, overrides: object = {}): Promise<void> {
  const config = { name, subjects: [`${name}.>`], retention: "limits", storage: "file", num_replicas: 1, ...overrides };
  expect((await broker.api(`STREAM.CREATE.${name}`, config)).error).toBeUndefined();
}

describe("create and ensure", () => {
  it("use the documented defaults", async () => {
    const name = freshName();
    expect(await broker.admin.ensure({ name })).toMatchObject({
      name,
      partitions: [1],
      settings: {
        retention: STATION_DEFAULTS.retention,
        storage: "file",
        replicas: 1,
        idempotencyWindowMs: 120_000,
        maxMessageBytes: undefined,
        discard: "old",
      },
    });
    const { config } = await broker.api(`STREAM.INFO.${name}$1`);
    expect(config).toMatchObject({
      subjects: [`${name}$1.>`],
      retention: "limits",
      max_age: 604_800_000_000_000,
      max_msgs: -1,
      max_bytes: -1,
      duplicate_window: 120_000_000_000,
      allow_direct: true,
    });
  });

  itOnJetStream("make every partition with every setting", async () => {
    const name = freshName("with.dots");
    const station = await broker.admin.create({
      name: name.toUpperCase(),
      partitions: 3,
      retention: { type: "bytes", maxBytes: 1_000_000 },
      storage: "memory",
      replicas: 1,
      idempotencyWindowMs: 100,
      maxMessageBytes: 2_048,
      discard: "new",
      dlsStation: "dead.letters",
      description: "what it is for",
    });
    const description = await expectWhole(broker, name);
    expect(station.settings).toEqual(description.settings);
    expect(description).toMatchObject({
      name,
      settings: { discard: "new", dlsStation: "dead.letters", description: "what it is for", maxMessageBytes: 2_048 },
    });
    expect(await broker.streamsOf(name)).toHaveLength(3);
  });

  async function expectReadBack(retention: RetentionPolicy): Promise<void> {
    const name = freshName();
    await broker.admin.create({ name, retention });
    expect((await broker.admin.describe(name)).settings.retention).toEqual(retention);
    await broker.admin.create({ name, retention });
  }

  it.each([
    { type: "age", maxAgeMs: 1_000 },
    { type: "messages", maxMessages: 5 },
    { type: "bytes", maxBytes: 4_096 },
    { type: "acknowledgement" },
  ] as const)("read retention $type back as it was given", expectReadBack);

  itOnJetStream.each([{ type: "age", maxAgeMs: 100 }, { type: "unlimited" }] as const)(
    "read retention back as it was given, also where Memphis has none such: %o",
    expectReadBack,
  );

  it("shrink the default idempotency window to the age", async () => {
    const station = await broker.admin.create({ name: freshName(), retention: { type: "age", maxAgeMs: 60_000 } });
    expect(station.settings.idempotencyWindowMs).toBe(60_000);
  });

  it("differ when the station is there with other settings", async () => {
    const name = freshName();
    await broker.admin.create({ name, partitions: 2 });
    const asked = { name, partitions: 3, retention: { type: "age", maxAgeMs: 300_000 } } as const;
    const error = await rejection(broker.admin.create(asked));
    expect(error).toBeInstanceOf(StationExistsError);
    expect(error).toMatchObject({
      differences: [
        { setting: "partitions", existing: 2, requested: 3 },
        { setting: "retention.maxAgeMs", existing: 604_800_000, requested: 300_000 },
      ],
    });
    expect((await broker.admin.ensure(asked)).partitions).toEqual([1, 2]);
    expect((await broker.admin.create({ name, partitions: 2 })).partitions).toEqual([1, 2]);
  });

  it("say which stream is in the way, and leave nothing behind", async () => {
    const name = freshName();
    await makeStream(`${name}$2`, { subjects: [`elsewhere-${name}`] });
    const error = await rejection(broker.admin.ensure({ name, partitions: 3 }));
    expect(error).toBeInstanceOf(StationConflictError);
    expect(error.message).toContain(`${name}$2`);
    expect(await broker.streamsOf(name)).toEqual([`${name}$2`]);
  });

  it("refuse subjects that another stream has", async () => {
    const name = freshName();
    await makeStream(`other-${name}`, { subjects: [`${name}$1.>`] });
    expect(await rejection(broker.admin.create({ name }))).toBeInstanceOf(StationConflictError);
  });

  it("refuse more replicas than there are servers, saying so", async () => {
    const name = freshName();
    const error = await rejection(broker.admin.create({ name, partitions: 2, replicas: 3 }));
    expect(error).toBeInstanceOf(ResourceLimitError);
    expect(error.message).toContain("replicas is 3");
    expect(await broker.streamsOf(name)).toEqual([]);
  });

  itOnJetStream("mend a station that has lost a partition's stream", async () => {
    const name = freshName();
    await broker.admin.create({ name, partitions: 3 });
    await broker.api(`STREAM.DELETE.${name}$2`);
    expect((await broker.admin.describe(name)).partitions[1]?.state).toBe("incomplete");
    await broker.admin.ensure({ name });
    await expectWhole(broker, name);
  });

  itOnJetStream("carry an administrator's edit of partition 1 to the others", async () => {
    const name = freshName();
    await broker.admin.create({ name, partitions: 2 });
    const { config } = await broker.api(`STREAM.INFO.${name}$1`);
    await broker.api(`STREAM.UPDATE.${name}$1`, { ...config, max_msgs: 7, max_age: 0 });
    expect((await broker.admin.ensure({ name })).settings.retention).toEqual({ type: "messages", maxMessages: 7 });
    await expectWhole(broker, name);
  });
});

describe("streams that another tool made in a station's form", () => {
  itOnJetStream("are a station, read only, until a change writes the record", async () => {
    const name = freshName();
    for (const partition of [1, 2, 3]) await makeStream(`${name}$${partition}`, { max_msgs: 50, max_age: 3.6e12 });
    await broker.publish(name, 3, 2);
    const station = await broker.admin.ensure({ name, partitions: 8 });
    expect(station).toMatchObject({ partitions: [1, 2, 3], id: undefined });
    expect(station.settings.retention).toEqual({ type: "age", maxAgeMs: 3_600_000 });
    expect((await broker.api(`STREAM.INFO.${name}$1`)).config?.["metadata"] ?? {}).not.toHaveProperty("stationkit.id");

    expect((await broker.admin.addPartitions(name, { total: 4 })).partitions).toEqual([1, 2, 3, 4]);
    const { totals, id } = await broker.admin.describe(name);
    expect(totals.messages).toBe(2);
    expect(id).toBeTypeOf("string");
    expect((await broker.api(`STREAM.INFO.${name}$2`)).config).toMatchObject({ max_msgs: 50, max_age: 3.6e12 });
  });

  it("can be destroyed", async () => {
    const name = freshName();
    for (const partition of [1, 2]) await makeStream(`${name}$${partition}`);
    await broker.admin.destroy(name);
    expect(await broker.streamsOf(name)).toEqual([]);
  });

  it("are no station when partition 1 has other subjects", async () => {
    const name = freshName();
    await makeStream(`${name}$1`, { subjects: [`odd-${name}`] });
    expect(await rejection(broker.admin.describe(name))).toBeInstanceOf(StationConflictError);
  });
});

describe("describe", () => {
  it("counts per partition and in total", async () => {
    const name = freshName();
    await broker.admin.create({ name, partitions: 2 });
    await broker.publish(name, 2, 3);
    const description = await broker.admin.describe(name);
    expect(description.partitions).toMatchObject([
      { number: 1, stream: `${name}$1`, messages: 0, lastSequence: 0, state: "ready" },
      { number: 2, stream: `${name}$2`, messages: 3, firstSequence: 1, lastSequence: 3, replicas: [] },
    ]);
    expect(description.totals.messages).toBe(3);
    expect(description.totals.bytes).toBe(description.partitions[1]?.bytes);
    expect(description.createdAt).toBeInstanceOf(Date);
  });

  it("says that a station does not exist", async () => {
    expect(await rejection(broker.admin.describe(freshName()))).toBeInstanceOf(StationNotFoundError);
  });
});

describe("list", () => {
  it("finds every station among more streams than a page has, and nothing else", async () => {
    const prefix = freshName("list");
    const names = Array.from({ length: 30 }, (_, index) => `${prefix}-${String(index).padStart(2, "0")}`);
    await Promise.all(names.map((name) => broker.admin.create({ name, partitions: 9, storage: "memory" })));
    await makeStream(`${prefix}-plain`);
    await makeStream(`${prefix}-99$2`);
    const found: StationDescription[] = [];
    for await (const station of broker.admin.list()) if (station.name.startsWith(prefix)) found.push(station);
    expect(found.map((station) => station.name)).toEqual(names);
    const { settings, totals, partitions } = await broker.admin.describe(names[29]!);
    expect(found[29]).toMatchObject({ settings, totals });
    expect(found[29]?.partitions.map((one) => one.createdAt)).toEqual(partitions.map((one) => one.createdAt));
    await Promise.all(names.map((name) => broker.admin.destroy(name)));
  });
});

describe("update", () => {
  itOnJetStream("changes every partition, and keeps messages", async () => {
    const name = freshName();
    await broker.admin.create({ name, partitions: 3, description: "old" });
    await broker.publish(name, 2, 4);
    const station = await broker.admin.update(name, {
      retention: { type: "messages", maxMessages: 3 },
      maxMessageBytes: 512,
      description: null,
      dlsStation: "dead",
    });
    expect(station.settings).toMatchObject({ maxMessageBytes: 512, description: undefined, dlsStation: "dead" });
    const { settings, totals } = await expectWhole(broker, name);
    expect(settings).toEqual(station.settings);
    expect(totals.messages).toBe(3);
    await broker.admin.update(name, { maxMessageBytes: null, dlsStation: null });
    expect((await broker.admin.describe(name)).settings).toMatchObject({
      maxMessageBytes: undefined,
      dlsStation: undefined,
    });
  });

  itOnJetStream("names a setting that contradicts what is there", async () => {
    const name = freshName();
    await broker.admin.create({ name });
    const error = await rejection(broker.admin.update(name, { retention: { type: "age", maxAgeMs: 1_000 } }));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain("idempotencyWindowMs (120000)");
  });

  itOnJetStream("says that a station does not exist", async () => {
    expect(await rejection(broker.admin.update(freshName(), { discard: "new" }))).toBeInstanceOf(StationNotFoundError);
  });
});

describe("addPartitions", () => {
  itOnJetStream("adds partitions with the settings of the others, and keeps messages where they are", async () => {
    const name = freshName();
    await broker.admin.create({ name, partitions: 2, idempotencyWindowMs: 777 });
    await broker.publish(name, 1, 2);
    expect((await broker.admin.addPartitions(name, { total: 20 })).partitions).toHaveLength(20);
    const { partitions } = await expectWhole(broker, name);
    expect(partitions[0]?.messages).toBe(2);
    await broker.publish(name, 20);
  });

  itOnJetStream("does nothing for the present total, and refuses fewer", async () => {
    const name = freshName();
    const before = await broker.admin.create({ name, partitions: 3 });
    expect(await broker.admin.addPartitions(name, { total: 3 })).toEqual(before);
    const error = await rejection(broker.admin.addPartitions(name, { total: 2 }));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain("has 3");
  });

  itOnJetStream("says that a station does not exist, and which stream is in the way", async () => {
    const name = freshName();
    expect(await rejection(broker.admin.addPartitions(name, { total: 2 }))).toBeInstanceOf(StationNotFoundError);
    await broker.admin.create({ name });
    await makeStream(`${name}$2`);
    expect(await rejection(broker.admin.addPartitions(name, { total: 2 }))).toBeInstanceOf(StationConflictError);
    expect((await broker.admin.describe(name)).partitions).toHaveLength(1);
  });
});

describe("purge", () => {
  it("removes everything, or a part", async () => {
    const name = freshName();
    await broker.admin.create({ name, partitions: 2 });
    await broker.publish(name, 1, 10);
    await broker.publish(name, 2, 10);
    expect(await broker.admin.purge(name, { partition: 2, upToSequence: 4 })).toEqual({ purgedMessages: 4 });
    expect((await broker.admin.describe(name)).partitions[1]).toMatchObject({ messages: 6, firstSequence: 5 });
    expect(await broker.admin.purge(name, { keepMessages: 3 })).toEqual({ purgedMessages: 10 });
    expect(await broker.admin.purge(name)).toEqual({ purgedMessages: 6 });
    expect((await broker.admin.describe(name)).totals.messages).toBe(0);
  });

  it("refuses a partition that is not there, and a sequence that could be any partition's", async () => {
    const name = freshName();
    await broker.admin.create({ name, partitions: 2 });
    expect(await rejection(broker.admin.purge(name, { partition: 3 }))).toBeInstanceOf(UsageError);
    expect(await rejection(broker.admin.purge(name, { upToSequence: 3 }))).toBeInstanceOf(UsageError);
    expect(await rejection(broker.admin.purge(freshName()))).toBeInstanceOf(StationNotFoundError);
  });
});

describe("destroy", () => {
  it("removes every stream, and says when there is none", async () => {
    const name = freshName();
    await broker.admin.create({ name, partitions: 4 });
    await broker.admin.destroy(name);
    expect(await broker.streamsOf(name)).toEqual([]);
    expect(await rejection(broker.admin.destroy(name))).toBeInstanceOf(StationNotFoundError);
  });

  it("leaves streams alone that are not the station's", async () => {
    const name = freshName();
    await broker.admin.create({ name });
    await makeStream(`${name}$7`);
    await broker.admin.destroy(name);
    expect(await broker.streamsOf(name)).toEqual([`${name}$7`]);
  });
});

it("sends nothing for input that cannot be right", async () => {
  const { admin } = broker;
  const bad = (value: unknown): never => value as never;
  const calls: (() => Promise<unknown>)[] = [
    () => admin.create(bad({ name: "a", partition: 3 })),
    () => admin.create({ name: "a", partitions: Number.NaN }),
    () => admin.create({ name: "a", partitions: 10_001 }),
    () => admin.ensure({ name: "a", replicas: 6 }),
    () => admin.ensure({ name: "a", storage: bad("disk") }),
    () => admin.ensure({ name: "a", retention: bad({ type: "age", maxAgeMs: 1_000, maxBytes: 3 }) }),
    () => admin.ensure({ name: "a", retention: { type: "messages", maxMessages: -1 } }),
    () => admin.ensure({ name: "a", retention: { type: "age", maxAgeMs: 1_000 }, idempotencyWindowMs: 1_001 }),
    () => admin.update("a", bad({ storage: "memory" })),
    () => admin.update("a", bad({ partitions: 3 })),
    () => admin.update("a", bad({ retention: null })),
    () => admin.update("a", { dlsStation: "A" }),
    () => admin.update("a", {}),
    () => admin.addPartitions("a", { total: 0 }),
    () => admin.purge("a", { upToSequence: 3, keepMessages: 2 }),
    () => admin.purge("a", bad({ sequence: 3 })),
  ];
  for (const call of calls) expect(await rejection(call())).toBeInstanceOf(UsageError);
  expect(await rejection(admin.describe("no spaces"))).toBeInstanceOf(InvalidNameError);
  expect(() => admin.watch("-")).toThrow(InvalidNameError);
  expect(await broker.streamsOf("a")).toEqual([]);
});
