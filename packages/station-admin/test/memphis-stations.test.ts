import {
  BrokerError,
  type Connection,
  RequestTimeoutError,
  StationConflictError,
  StationExistsError,
  StationNotFoundError,
  UnsupportedOnMemphisError,
  UsageError,
} from "@stationkit/core-protocol";
import { CONTROL_SUBJECT } from "@stationkit/core-protocol/control";
import { type ModelBroker, startModelBroker } from "@stationkit/test-kit/memphis";
import { freshName, rejection, useBroker } from "@stationkit/test-kit/vitest";
import { beforeEach, describe, expect, it } from "vitest";
import { createStationAdmin, type StationAdmin } from "../src/index.js";

const server = useBroker();
let broker: ModelBroker;
let connection: Connection;
let admin: StationAdmin;

beforeEach(async () => {
  broker = await startModelBroker(await server.connect({ controlPlane: "jetstream" }));
  connection = await server.connect({ controlPlane: "memphis" });
  admin = createStationAdmin(connection, { timeoutMs: 5_000 });
});

describe("a station on a Memphis broker", () => {
  it("is asked for by one request without headers, and read back from its streams", async () => {
    const name = freshName();
    const station = await admin.create({ name, partitions: 3, retention: { type: "age", maxAgeMs: 7_200_000 } });
    expect(station).toMatchObject({
      name,
      partitions: [1, 2, 3],
      settings: { retention: { type: "age", maxAgeMs: 7_200_000 }, idempotencyWindowMs: 120_000 },
    });
    expect(broker.messages).toHaveLength(1);
    expect(broker.messages[0]).toMatchObject({ subject: CONTROL_SUBJECT.stationCreations, hasHeaders: false });
    expect(broker.sent(CONTROL_SUBJECT.stationCreations)[0]).toMatchObject({
      name,
      retention_type: "message_age_sec",
      retention_value: 7_200,
      partitions_number: 3,
      username: "root",
    });
  });

  it("has this stack's defaults, not the broker's, where nothing is said", async () => {
    const station = await admin.ensure({ name: freshName() });
    expect(station.settings).toMatchObject({ retention: { type: "age", maxAgeMs: 604_800_000 }, storage: "file" });
  });

  it("is not asked for again when it is there, and has to have the settings that create asks for", async () => {
    const name = freshName();
    await admin.create({ name, partitions: 2, dlsStation: "letters" });
    await admin.create({ name, partitions: 2, dlsStation: "letters" });
    expect(await admin.ensure({ name, partitions: 7 })).toMatchObject({ partitions: [1, 2] });
    const refusal = await rejection(admin.create({ name, partitions: 7 }));
    expect(refusal).toBeInstanceOf(StationExistsError);
    expect(broker.sent(CONTROL_SUBJECT.stationCreations)).toHaveLength(1);
  });

  it("is not believed to exist because the broker says done", async () => {
    const name = freshName();
    broker.answerNext(CONTROL_SUBJECT.stationCreations, "");
    const refusal = await rejection(admin.ensure({ name }));
    expect(refusal).toBeInstanceOf(BrokerError);
    expect(refusal.message).toContain("has made no partition");
  });

  it("is not believed to have the settings that were asked for because the broker says done", async () => {
    const name = freshName();
    const other = createStationAdmin(await server.connect({ controlPlane: "memphis" }));
    await other.create({ name, partitions: 2 });
    // As if the other one had been quicker between our look and our request: the broker answers done for what is there.
    expect(await rejection(admin.create({ name, partitions: 3 }))).toBeInstanceOf(StationExistsError);
  });

  it("is not asked for when a later partition could not be made, over which a broker panics", async () => {
    const name = freshName();
    await connection.jetStream.request(`STREAM.CREATE.in-the-way-${name}`, {
      name: `in-the-way-${name}`,
      subjects: [`${name}$2.>`],
      storage: "memory",
    });
    expect(await rejection(admin.create({ name, partitions: 2 }))).toBeInstanceOf(StationConflictError);
    expect(broker.messages).toEqual([]);
  });

  it("is asked for again while the broker has not started, does not answer, or says timeout", async () => {
    const name = freshName();
    broker.close();
    const creation = createStationAdmin(connection).ensure({ name });
    const started = await startModelBroker(await server.connect({ controlPlane: "jetstream" }));
    started.answerNext(CONTROL_SUBJECT.stationCreations, "db: Timeout while reading");
    expect(await creation).toMatchObject({ name });
    expect(started.sent(CONTROL_SUBJECT.stationCreations)).toHaveLength(2);
  });

  it("is an unknown outcome when no answer comes until the deadline", async () => {
    broker.answerNext(CONTROL_SUBJECT.stationCreations, undefined);
    const refusal = await rejection(createStationAdmin(connection, { timeoutMs: 500 }).ensure({ name: freshName() }));
    expect(refusal).toBeInstanceOf(RequestTimeoutError);
  });

  it("takes an answer that it exists for success, and any other text for a refusal", async () => {
    const name = freshName();
    broker.answerNext(CONTROL_SUBJECT.stationCreations, "not allowed to create stations");
    const refusal = await rejection(admin.ensure({ name }));
    expect(refusal).toMatchObject({ outcome: "rejected", retryable: false });
    expect(refusal.message).toContain("not allowed to create stations");
  });

  it("is destroyed by one request, and there is none to destroy afterwards", async () => {
    const name = freshName();
    await admin.ensure({ name, partitions: 2 });
    await admin.destroy(name);
    expect(broker.sent(CONTROL_SUBJECT.stationDestructions)).toEqual([{ station_name: name, username: "root" }]);
    expect(await rejection(admin.describe(name))).toBeInstanceOf(StationNotFoundError);
    expect(await rejection(admin.destroy(name))).toBeInstanceOf(StationNotFoundError);
  });

  it("is described, listed, purged and watched by JetStream", async () => {
    const name = freshName();
    await using watch = admin.watch(name);
    await watch.ready;
    const created = new Promise((resolve) => watch.on(resolve));
    await admin.ensure({ name });
    expect(await created).toMatchObject({ type: "created", station: { partitions: [1] } });
    await connection.natsConnection.request(`${name}$1.final`, "x");
    expect(await admin.describe(name)).toMatchObject({ totals: { messages: 1 } });
    const names: string[] = [];
    for await (const station of admin.list()) names.push(station.name);
    expect(names).toContain(name);
    expect(await admin.purge(name)).toEqual({ purgedMessages: 1 });
  });

  it.each([
    ["maxMessageBytes", { maxMessageBytes: 1_000 }],
    ["discard: new", { discard: "new" }],
    ["description", { description: "text" }],
    ["replicas: 2", { replicas: 2 }],
    ["retention: unlimited", { retention: { type: "unlimited" } }],
  ] as const)("cannot have %s, and is told so before anything is sent", async (operation, settings) => {
    const refusal = await rejection(admin.ensure({ name: freshName(), ...settings }));
    expect(refusal).toBeInstanceOf(UnsupportedOnMemphisError);
    expect(refusal).toMatchObject({ operation, outcome: "not-sent" });
    expect(broker.messages).toEqual([]);
  });

  it("keeps messages for whole seconds only", async () => {
    const retention = { type: "age", maxAgeMs: 1_500 } as const;
    expect(await rejection(admin.ensure({ name: freshName(), retention }))).toBeInstanceOf(UsageError);
    expect(broker.messages).toEqual([]);
  });

  it("cannot be changed or grown, and its dead letters are the broker's", async () => {
    const name = freshName();
    await admin.ensure({ name });
    const letters = admin.deadLetters(name);
    const refusals = await Promise.all([
      rejection(admin.update(name, { replicas: 1 })),
      rejection(admin.addPartitions(name, { total: 2 })),
      rejection(admin.consumerGroups(name).destroy("g")),
      rejection(letters.dlsStation()),
      rejection(letters.list()[Symbol.asyncIterator]().next()),
    ]);
    for (const refusal of refusals) expect(refusal).toBeInstanceOf(UnsupportedOnMemphisError);
  });
});
