import {
  CONTROL_SUBJECT,
  decodeConsumerCreationReply,
  decodeProducerCreationReply,
  encodeConsumerCreation,
  encodeConsumerDestruction,
  encodeProducerCreation,
  encodeProducerDestruction,
  encodeSchemaCreation,
  encodeStationCreation,
  encodeStationDestruction,
  groupMembersSubject,
  type ProducerCreationReply,
} from "@stationkit/core-protocol/control";
import { type Connection, parseConsumerGroupName, parseStationName } from "@stationkit/core-protocol";
import { describe, expect, it, vi } from "vitest";
import { useStage } from "./support/stage.js";

const stage = useStage();
const client = { connectionId: "3f0c9bb4", username: "root", appId: "a-1" };

/** The answer to a request, as the bytes are. */
async function ask(connection: Connection, subject: string, payload: Uint8Array | string): Promise<string> {
  return Buffer.from(await connection.request(subject, payload, { timeoutMs: 20_000 })).toString();
}

describe("the answer to a request", () => {
  it("has every key for a producer, and no partition or schema in a refusal", async () => {
    const connection = await stage.connect();
    const stationName = stage.station();
    const request = { ...client, producerName: "p", stationName };
    const answer = await ask(connection, CONTROL_SUBJECT.producerCreations, encodeProducerCreation(request));
    expect(JSON.parse(answer)).toEqual({
      schema_update: {
        ...{ schema_name: "", type: "" },
        active_version: { version_number: 0, descriptor: "", schema_content: "", message_struct_name: "" },
      },
      partitions_update: { partitions_list: [1] },
      ...{ schemaverse_to_dls: true, send_notification: false, station_version: 2 },
      ...{ station_partitions_first_functions: {}, error: "" },
    });
    const refused = encodeProducerCreation({ ...request, producerType: "robot" });
    const refusal = decodeProducerCreationReply(
      Buffer.from(await ask(connection, CONTROL_SUBJECT.producerCreations, refused)),
    );
    expect(refusal).toMatchObject({ partitions: [], stationVersion: 0 } satisfies Partial<ProducerCreationReply>);
    expect(refusal.error).toMatch(/producer type/);
  });

  it("is JSON for a consumer that is made, and plain text for one that is not", async () => {
    const connection = await stage.connect();
    const request = { ...client, consumerName: "c", stationName: stage.station() };
    const ok = await ask(connection, CONTROL_SUBJECT.consumerCreations, encodeConsumerCreation(request));
    expect(decodeConsumerCreationReply(Buffer.from(ok))).toEqual({ error: "", schema: undefined, partitions: [1] });
    expect(ok.startsWith("{")).toBe(true);
    const refused = encodeConsumerCreation({ ...request, startConsumeFromSequence: 0 });
    expect(await ask(connection, CONTROL_SUBJECT.consumerCreations, refused)).toMatch(/^start_consume_from_sequence/);
  });

  it("is empty for a station that is made, there already, or destroyed, and for every producer's end", async () => {
    const connection = await stage.connect();
    const stationName = stage.station();
    const creation = encodeStationCreation({ stationName, username: "root$1" });
    const destruction = encodeProducerDestruction({ ...client, name: "unknown", stationName });
    expect(await ask(connection, CONTROL_SUBJECT.stationCreations, creation)).toBe("");
    expect(await ask(connection, CONTROL_SUBJECT.stationCreations, creation)).toBe("");
    expect(await ask(connection, CONTROL_SUBJECT.producerDestructions, destruction)).toBe("");
    const end = encodeStationDestruction({ stationName, username: "root" });
    expect(await ask(connection, CONTROL_SUBJECT.stationDestructions, end)).toBe("");
    expect(await ask(connection, CONTROL_SUBJECT.stationDestructions, end)).toMatch(/does not exist/);
  });

  it("is ok for a station that is there, also when nothing else in the request is right", async () => {
    const connection = await stage.connect();
    const stationName = stage.station();
    const creation = encodeStationCreation({ stationName, username: "root" });
    await ask(connection, CONTROL_SUBJECT.stationCreations, creation);
    const nonsense = JSON.stringify({ name: stationName.toUpperCase(), partitions_number: 0, storage_type: "disk" });
    expect(await ask(connection, CONTROL_SUBJECT.stationCreations, nonsense)).toBe("");
  });

  it.each([0, 1])("tells SDKs of version %d to update, and makes no station for them", async (requestVersion) => {
    const connection = await stage.connect();
    const admin = await stage.admin();
    const stationName = stage.station();
    const producer = encodeProducerCreation({ ...client, producerName: "p", stationName, requestVersion });
    expect(await ask(connection, CONTROL_SUBJECT.producerCreations, producer)).toMatch(/update your SDK/);
    const consumer = encodeConsumerCreation({ ...client, consumerName: "c", stationName, requestVersion });
    expect(await ask(connection, CONTROL_SUBJECT.consumerCreations, consumer)).toMatch(/update your SDK/);
    await expect(admin.describe(stationName)).rejects.toThrow(/does not exist/);
  });

  it("tells SDKs that know no partitions to update", async () => {
    const connection = await stage.connect();
    const request = JSON.stringify({ name: stage.station(), username: "root" });
    expect(await ask(connection, CONTROL_SUBJECT.stationCreations, request)).toMatch(/update your SDK/);
  });

  it("says that there is no such consumer, or station, in words that SDKs take for success", async () => {
    const connection = await stage.connect();
    const stationName = stage.station();
    const end = encodeConsumerDestruction({ ...client, name: "c", stationName });
    expect(await ask(connection, CONTROL_SUBJECT.consumerDestructions, end)).toMatch(/does not exist/);
    const creation = encodeConsumerCreation({ ...client, consumerName: "c", stationName });
    await ask(connection, CONTROL_SUBJECT.consumerCreations, creation);
    const other = encodeConsumerDestruction({ ...client, name: "c", stationName, connectionId: "other" });
    expect(await ask(connection, CONTROL_SUBJECT.consumerDestructions, other)).toMatch(/does not exist/);
    // Before version 1 the connection does not count.
    const old = encodeConsumerDestruction({
      ...client,
      name: "c",
      stationName,
      connectionId: "other",
      requestVersion: 0,
    });
    expect(await ask(connection, CONTROL_SUBJECT.consumerDestructions, old)).toBe("");
  });

  it.each(
    Object.values(CONTROL_SUBJECT).filter((subject) => /ations$|ions$/.test(subject) && !subject.includes("notif")),
  )("tells what is wrong with nonsense on %s", async (subject) => {
    const connection = await stage.connect();
    expect(await ask(connection, subject, "nonsense")).toMatch(/JSON/);
  });

  it("knows schemas by the words that SDKs look for", async () => {
    const connection = await stage.connect();
    const schemaName = stage.station();
    const schema = { schemaName, schemaType: "json", createdByUsername: "root", schemaContent: "{}" };
    const ask1 = async (change: Partial<typeof schema>): Promise<unknown> =>
      JSON.parse(
        await ask(connection, CONTROL_SUBJECT.schemaCreations, encodeSchemaCreation({ ...schema, ...change })),
      );
    expect(await ask1({})).toEqual({ error: "" });
    expect(await ask1({})).toMatchObject({ error: expect.stringContaining("already exists") as string });
    expect(await ask1({ schemaType: "avro", schemaContent: '"int"' })).toMatchObject({
      error: expect.stringContaining("already exist with type") as string,
    });
    expect(await ask1({ schemaName: "no name" })).toMatchObject({
      error: expect.stringContaining("refused") as string,
    });
    expect(await ask1({ schemaType: "xml" })).toMatchObject({
      error: expect.stringContaining("schema type") as string,
    });
  });

  it("is told to whoever runs the bridge", async () => {
    const connection = await stage.connect();
    const answered = vi.fn();
    stage.bridge.on("request-answered", answered);
    await ask(connection, CONTROL_SUBJECT.stationCreations, "nonsense");
    stage.bridge.off("request-answered", answered);
    const told = { subject: CONTROL_SUBJECT.stationCreations, error: expect.stringContaining("JSON") as string };
    expect(answered.mock.calls[0]![0]).toMatchObject(told);
  });
});

describe("a request that wants its answer elsewhere than in an inbox", () => {
  it.each([CONTROL_SUBJECT.producerDestructions, CONTROL_SUBJECT.stationCreations])(
    "is neither carried out nor answered on %s: the bridge would answer with its own rights",
    async (subject) => {
      const [connection, admin] = [await stage.connect(), await stage.admin()];
      const [station, asked] = [stage.station(), stage.station()];
      await admin.create({ name: station });
      const failed = vi.fn();
      stage.bridge.on("failed", failed);
      const payload =
        subject === CONTROL_SUBJECT.stationCreations
          ? encodeStationCreation({ stationName: asked, username: "root" })
          : encodeProducerDestruction({ ...client, name: "p", stationName: station });
      const reply = `$JS.API.STREAM.DELETE.${station}$1`;
      connection.natsConnection.publish(subject, payload, { reply });
      await vi.waitFor(() => {
        expect(failed).toHaveBeenCalledTimes(1);
      });
      stage.bridge.off("failed", failed);
      expect(failed.mock.calls[0]![0]).toMatchObject({ name: "MalformedMessageError", outcome: "rejected" });
      expect((failed.mock.calls[0]![0] as Error).message).toContain(
        `request ${subject}: wants its answer on "${reply}"`,
      );
      expect((await admin.describe(station)).partitions).toHaveLength(1);
      await expect(admin.describe(asked)).rejects.toThrow(/does not exist/);
    },
  );

  it("also goes unanswered where somebody asks who is in a group", async () => {
    const [connection, admin] = [await stage.connect(), await stage.admin()];
    const stationName = stage.station();
    const creation = encodeConsumerCreation({ ...client, consumerName: "c", stationName });
    await ask(connection, CONTROL_SUBJECT.consumerCreations, creation);
    const failed = vi.fn();
    stage.bridge.on("failed", failed);
    const subject = groupMembersSubject(parseStationName(stationName), parseConsumerGroupName("c"));
    connection.natsConnection.publish(subject, "", { reply: `$JS.API.STREAM.DELETE.${stationName}$1` });
    await vi.waitFor(() => {
      expect(failed).toHaveBeenCalledTimes(1);
    });
    stage.bridge.off("failed", failed);
    expect((await admin.describe(stationName)).partitions).toHaveLength(1);
  });

  it("is carried out as before when it wants no answer", async () => {
    const [connection, admin] = [await stage.connect(), await stage.admin()];
    const stationName = stage.station();
    const creation = encodeStationCreation({ stationName, username: "root" });
    connection.natsConnection.publish(CONTROL_SUBJECT.stationCreations, creation);
    await vi.waitFor(async () => {
      expect((await admin.describe(stationName)).partitions).toHaveLength(1);
    });
  });
});
