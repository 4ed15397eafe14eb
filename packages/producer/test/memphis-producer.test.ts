import { BrokerError, type Connection, parseStationName } from "@stationkit/core-protocol";
import {
  CONTROL_SUBJECT,
  encodeFunctionsUpdate,
  encodeProducerCreationReply,
  encodeSchemaUpdate,
  encodeSdkClientsUpdate,
  functionsUpdatesSubject,
  producerCreationFailure,
  schemaUpdatesSubject,
  type StationSchema,
} from "@stationkit/core-protocol/control";
import { createStationAdmin } from "@stationkit/station-admin";
import { type ModelBroker, startModelBroker } from "@stationkit/test-kit/memphis";
import { rejection, useBroker } from "@stationkit/test-kit/vitest";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createProducer } from "../src/index.js";

const server = useBroker();
let brokerConnection: Connection;
let broker: ModelBroker;
let connection: Connection;
let stationName: string;

beforeEach(async () => {
  brokerConnection = await server.connect({ controlPlane: "jetstream" });
  broker = await startModelBroker(brokerConnection);
  connection = await server.connect({ controlPlane: "memphis" });
  stationName = server.station();
});

const schema: StationSchema = {
  ...{ schemaName: "order", schemaType: "json", versionNumber: 1, descriptor: "" },
  ...{ schemaContent: '{"type":"object"}', messageStructName: "" },
};

describe("a producer on a Memphis broker", () => {
  it("is registered after its station, and its registration ends when it is closed", async () => {
    const producer = await createProducer(connection, { stationName, producerName: "P1", station: { partitions: 2 } });
    expect(producer.partitions).toEqual([1, 2]);
    await producer.close();
    expect(broker.messages.map(({ subject }) => subject)).toEqual([
      CONTROL_SUBJECT.stationCreations,
      CONTROL_SUBJECT.producerCreations,
      CONTROL_SUBJECT.producerDestructions,
    ]);
    expect(broker.messages.some(({ hasHeaders }) => hasHeaders)).toBe(false);
    expect(broker.sent(CONTROL_SUBJECT.producerCreations)[0]).toMatchObject({
      name: "p1",
      station_name: stationName,
      connection_id: connection.id,
      req_version: 4,
    });
    expect(broker.sent(CONTROL_SUBJECT.producerDestructions)[0]).toMatchObject({
      name: "p1",
      connection_id: connection.id,
      req_version: 1,
    });
  });

  it("ends its registration when its connection is closed", async () => {
    await createProducer(connection, { stationName, producerName: "p" });
    await connection.close();
    expect(broker.sent(CONTROL_SUBJECT.producerDestructions)).toHaveLength(1);
  });

  it("leaves a station alone that is there, and takes the partitions that the broker tells", async () => {
    await createStationAdmin(connection).ensure({ name: stationName, partitions: 3 });
    const producer = await createProducer(connection, { stationName, producerName: "p", station: { partitions: 9 } });
    expect(producer.partitions).toEqual([1, 2, 3]);
    expect(broker.sent(CONTROL_SUBJECT.stationCreations)).toHaveLength(1);
    await producer.close();
  });

  it("writes msg-id as the first header, then its connection and name, then the user's", async () => {
    const producer = await createProducer(connection, { stationName, producerName: "p" });
    const frames: string[] = [];
    brokerConnection.natsConnection.subscribe(`${stationName}$1.final`, {
      callback: (_error, message) => {
        for (const [name, values] of message.headers ?? []) frames.push(`${name}: ${values.join()}`);
      },
    });
    await brokerConnection.natsConnection.flush();
    const headers = { "x-msg-id": "not an id", y: "msg-id" };
    await producer.produce({ message: "x", msgId: "o-17", headers, asyncProduce: false });
    await vi.waitFor(() => {
      expect(frames.filter((line) => !line.startsWith("Nats-"))).toEqual([
        "msg-id: o-17",
        `$memphis_connectionId: ${connection.id}`,
        "$memphis_producedBy: p",
        "x-msg-id: not an id",
        "y: msg-id",
      ]);
    });
    await producer.close();
  });

  it("never sends a message without headers, over which a broker with a dead-letter station panics", async () => {
    const producer = await createProducer(connection, { stationName, producerName: "p", idempotent: false });
    const seen: boolean[] = [];
    brokerConnection.natsConnection.subscribe(`${stationName}$1.final`, {
      callback: (_error, message) => void seen.push(message.headers?.has("$memphis_producedBy") === true),
    });
    await brokerConnection.natsConnection.flush();
    await producer.produce({ message: "x", asyncProduce: false });
    await vi.waitFor(() => {
      expect(seen).toEqual([true]);
    });
    await producer.close();
  });

  it("tries the registration again when another client was just making the station, and when no answer comes", async () => {
    const exists = encodeProducerCreationReply(producerCreationFailure(`Station ${stationName} already exists`));
    broker.answerNext(CONTROL_SUBJECT.producerCreations, exists, "timeout of the database");
    const producer = await createProducer(connection, { stationName, producerName: "p" });
    expect(broker.sent(CONTROL_SUBJECT.producerCreations)).toHaveLength(3);
    await producer.close();
  });

  it("is not made when the broker refuses it, in JSON or in plain text", async () => {
    const text = "user stranger does not exist";
    broker.answerNext(
      CONTROL_SUBJECT.producerCreations,
      encodeProducerCreationReply(producerCreationFailure(text)),
      text,
    );
    for (let i = 0; i < 2; i++) {
      const refusal = await rejection(createProducer(connection, { stationName, producerName: "p" }));
      expect(refusal).toBeInstanceOf(BrokerError);
      expect(refusal.message).toContain(text);
    }
  });

  it.each([
    ["null", null],
    ["an empty list", []],
  ])("produces to the one stream of a station from before partitions, told by %s", async (_what, list) => {
    await connection.jetStream.request(`STREAM.CREATE.${stationName}`, {
      ...{ name: stationName, subjects: [`${stationName}.>`], storage: "memory" },
    });
    const reply = JSON.parse(
      Buffer.from(encodeProducerCreationReply(producerCreationFailure(""))).toString(),
    ) as object;
    const legacy = JSON.stringify({ ...reply, partitions_update: { partitions_list: list } });
    broker.answerNext(CONTROL_SUBJECT.producerCreations, legacy);
    const producer = await createProducer(connection, { stationName, producerName: "p" });
    expect(await producer.produce({ message: "x", partitionKey: "k", asyncProduce: false })).toMatchObject({
      sequence: 1,
    });
    expect(broker.sent(CONTROL_SUBJECT.stationCreations)).toEqual([]);
    await producer.close();
  });

  it("puts the first function of a partition into the subject, from the registration on and after an update", async () => {
    await createStationAdmin(connection).ensure({ name: stationName, partitions: 2 });
    broker.stations.set(stationName, { partitions: [1, 2], firstFunctions: new Map([[2, 17]]) });
    const producer = await createProducer(connection, { stationName, producerName: "p" });
    const subjects: string[] = [];
    for (const partition of [1, 2]) {
      brokerConnection.natsConnection.subscribe(`${stationName}$${partition}.>`, {
        callback: (_error, message) => void subjects.push(message.subject),
      });
    }
    await brokerConnection.natsConnection.flush();
    const produceBoth = async (): Promise<void> => {
      for (const partitionNumber of [1, 2])
        await producer.produce({ message: "x", partitionNumber, asyncProduce: false });
    };
    await produceBoth();
    const update = encodeFunctionsUpdate({ firstFunctions: new Map([[1, 3]]) });
    brokerConnection.natsConnection.publish(functionsUpdatesSubject(parseStationName(stationName)), update);
    await brokerConnection.natsConnection.flush();
    await connection.natsConnection.flush();
    await produceBoth();
    await vi.waitFor(() => {
      expect(subjects.map((subject) => subject.slice(stationName.length))).toEqual([
        "$1.final",
        "$2.functions.17",
        "$1.functions.3",
        "$2.final",
      ]);
    });
    await producer.close();
  });

  it("tells the schema that the station has, and when it changes, and checks nothing itself", async () => {
    await createStationAdmin(connection).ensure({ name: stationName });
    broker.stations.set(stationName, { partitions: [1], schema });
    const producer = await createProducer(connection, { stationName, producerName: "p" });
    const several = await createProducer(connection, { stationName: [stationName], producerName: "p" });
    const told: unknown[] = [];
    several.on("schema-changed", (changed, station) => told.push([changed?.versionNumber, station]));
    expect(producer.schema).toEqual(schema);
    expect(producer.schemaFailurePolicy).toEqual({ deadLetter: true, notify: false });

    const name = parseStationName(stationName);
    const { natsConnection } = brokerConnection;
    natsConnection.publish(schemaUpdatesSubject(name), "no update at all");
    natsConnection.publish(
      schemaUpdatesSubject(name),
      encodeSchemaUpdate({ type: "set", schema: { ...schema, versionNumber: 2 } }),
    );
    natsConnection.publish(schemaUpdatesSubject(name), encodeSchemaUpdate({ type: "drop" }));
    natsConnection.publish(
      CONTROL_SUBJECT.sdkClientsUpdates,
      encodeSdkClientsUpdate({ type: "send_notification", enabled: true }),
    );
    natsConnection.publish(
      CONTROL_SUBJECT.sdkClientsUpdates,
      encodeSdkClientsUpdate({ type: "schemaverse_to_dls", station: name, enabled: false }),
    );
    await vi.waitFor(() => {
      expect(told).toEqual([
        [2, stationName],
        [undefined, stationName],
      ]);
      expect(producer.schema).toBeUndefined();
      expect(producer.schemaFailurePolicy).toEqual({ deadLetter: false, notify: true });
    });
    await several.close();
    await producer.close();
  });

  it("misses no schema that is attached while it is being registered", async () => {
    await createStationAdmin(connection).ensure({ name: stationName });
    brokerConnection.natsConnection.subscribe(CONTROL_SUBJECT.producerCreations, {
      callback: () => {
        const update = encodeSchemaUpdate({ type: "set", schema });
        brokerConnection.natsConnection.publish(schemaUpdatesSubject(parseStationName(stationName)), update);
      },
    });
    await brokerConnection.natsConnection.flush();
    const producer = await createProducer(connection, { stationName, producerName: "p" });
    await vi.waitFor(() => {
      expect(producer.schema).toEqual(schema);
    });
    await producer.close();
  });

  it("is registered anew at a station that was destroyed and made again", async () => {
    const admin = createStationAdmin(connection);
    const producer = await createProducer(connection, { stationName, producerName: "p", station: { partitions: 2 } });
    await admin.destroy(stationName);
    await vi.waitFor(async () => {
      await expect(admin.describe(stationName)).rejects.toThrow();
    });
    await admin.create({ name: stationName, partitions: 1 });
    await vi.waitFor(() => {
      expect(broker.sent(CONTROL_SUBJECT.producerCreations)).toHaveLength(2);
      expect(producer.partitions).toEqual([1]);
    }, 10_000);
    await producer.close();
  });

  it("warns where the broker would acknowledge and not keep what is produced", async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error & { code?: string }): void => void warnings.push(warning.code ?? "");
    process.on("warning", onWarning);
    const producer = await createProducer(connection, {
      stationName,
      producerName: "p",
      station: { retention: { type: "acknowledgement" } },
    });
    await vi.waitFor(() => {
      expect(warnings).toEqual(["SK_NO_CONSUMER_GROUP"]);
    });
    process.off("warning", onWarning);
    expect(broker.sent(CONTROL_SUBJECT.stationCreations)[0]).toMatchObject({ retention_type: "ack_based" });
    await producer.close();
  });
});
