import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { readStation } from "@stationkit/test-kit";
import { freshName } from "@stationkit/test-kit/vitest";
import type { DeadLetter } from "@stationkit/station-admin";
import type { Memphis, Producer } from "memphis-dev";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { serveMemphis } from "../src/index.js";
import { AUTHORIZATION, connectMemphis, LOGIN, useStage } from "./support/stage.js";

const stage = useStage({ sendNotifications: true });
const WAIT = { timeout: 20_000, interval: 20 };
const JSON_SCHEMA = JSON.stringify({ type: "object", properties: { id: { type: "integer" } }, required: ["id"] });
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "memphis-bridge-schemas-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function createSchema(
  memphis: Memphis,
  schemaType: string,
  content: string,
  name = freshName("schema"),
): Promise<string> {
  const schemaFilePath = join(folder, name);
  await writeFile(schemaFilePath, content);
  await memphis.createSchema({ schemaName: name, schemaType, schemaFilePath });
  return name;
}

async function stored(name: string): Promise<Uint8Array[]> {
  return (await readStation(await stage.connect(), name)).map(({ bytes }) => bytes);
}

/** Waits until the producer refuses a message: it has heard of the schema. */
async function untilRefused(producer: Producer, message: unknown): Promise<void> {
  await vi.waitFor(async () => {
    await expect(producer.produce({ message, asyncProduce: false })).rejects.toThrow(/Schema validation has failed/);
  }, WAIT);
}

describe("a schema that memphis-dev creates", () => {
  it.each([
    ["json", JSON_SCHEMA, { id: 1 }, { id: "x" }],
    ["avro", '{"type":"record","name":"o","fields":[{"name":"id","type":"int"}]}', { id: 1 }, { id: "x" }],
    ["graphql", "type Query { id: Int }", "query { id }", "query { name }"],
    ["protobuf", 'syntax = "proto3";\nmessage Order { int32 id = 1; }', { id: 1 }, { id: "x" }],
  ])("of type %s is attached with the station, checked by the SDK, and read back", async (type, content, good, bad) => {
    const memphis = await stage.memphis();
    const stationName = stage.station();
    const schemaName = await createSchema(memphis, type, content);
    await memphis.station({ name: stationName, schemaName });
    const producer = await memphis.producer({ stationName, producerName: "p" });
    await producer.produce({ message: good, asyncProduce: false });
    await expect(producer.produce({ message: bad, asyncProduce: false })).rejects.toThrow(
      /Schema validation has failed/,
    );
    expect(await stored(stationName)).toHaveLength(1);
    const [message] = await memphis.fetchMessages({ stationName, consumerName: "c" });
    expect(JSON.parse(JSON.stringify(message!.getDataDeserialized()))).toEqual(good);
  });

  it("is heard of by producers that are there when it is attached and detached", async () => {
    const [memphis, other] = await Promise.all([stage.memphis(), stage.memphis()]);
    const stationName = stage.station();
    const producer = await memphis.producer({ stationName, producerName: "p" });
    await producer.produce({ message: { id: "x" }, asyncProduce: false });
    const name = await createSchema(other, "json", JSON_SCHEMA);
    await other.enforceSchema({ name, stationName });
    await untilRefused(producer, { id: "x" });
    await other.detachSchema({ stationName });
    await vi.waitFor(() => producer.produce({ message: { id: "y" }, asyncProduce: false }), WAIT);
    await other.attachSchema({ name, stationName });
    await untilRefused(producer, { id: "x" });
  });

  it("is kept with the station for producers that come later", async () => {
    const [memphis, other] = await Promise.all([stage.memphis(), stage.memphis()]);
    const stationName = stage.station();
    await memphis.station({ name: stationName });
    await memphis.enforceSchema({ name: await createSchema(memphis, "json", JSON_SCHEMA), stationName });
    const producer = await other.producer({ stationName, producerName: "p" });
    await expect(producer.produce({ message: { id: "x" }, asyncProduce: false })).rejects.toThrow(/Schema validation/);
  });

  it("may be created twice with the same content, and gets further versions, which do not count yet", async () => {
    const memphis = await stage.memphis();
    const stationName = stage.station();
    const name = await createSchema(memphis, "json", JSON_SCHEMA);
    await createSchema(memphis, "json", JSON_SCHEMA, name);
    await createSchema(memphis, "json", '{"type":"object","required":["name"]}', name);
    await memphis.station({ name: stationName, schemaName: name });
    const producer = await memphis.producer({ stationName, producerName: "p" });
    await producer.produce({ message: { id: 1 }, asyncProduce: false });
    const data = memphis.stationSchemaDataMap.get(stationName) as { active_version: { version_number: number } };
    expect(data.active_version.version_number).toBe(1);
  });

  it("counts in its new version at once where the bridge is told so, also for producers that are there", async () => {
    await using server = await startNats({ config: { authorization: AUTHORIZATION } });
    await using connection = await connect({ servers: server.url, ...LOGIN });
    await serveMemphis(connection, { newSchemaVersions: "active" });
    const memphis = await connectMemphis(server.port);
    const name = await createSchema(memphis, "json", JSON_SCHEMA);
    await memphis.station({ name: "with", schemaName: name });
    await memphis.station({ name: "without" });
    const producer = await memphis.producer({ stationName: "with", producerName: "p" });
    await producer.produce({ message: { id: 1 }, asyncProduce: false });
    await createSchema(memphis, "json", '{"type":"object","required":["name"]}', name);
    await untilRefused(producer, { id: 1 });
    await producer.produce({ message: { name: "n" }, asyncProduce: false });
    await memphis.close();
  });

  it("cannot change its type", async () => {
    const memphis = await stage.memphis();
    const name = await createSchema(memphis, "json", JSON_SCHEMA);
    await expect(createSchema(memphis, "graphql", "type Query { id: Int }", name)).rejects.toThrow(/with type json/);
  });

  it.each([
    ["json", '{"type":"nothing"}'],
    ["json", "{"],
    ["avro", '{"type":"record"}'],
    ["graphql", "type {"],
    ["protobuf", "message"],
    ["protobuf", 'syntax = "proto3";\nenum E { A = 0; }'],
    ["protobuf", 'import "mine.proto"; message M { int32 id = 1; }'],
  ])("of type %s is refused when it is %j", async (type, content) => {
    const memphis = await stage.memphis();
    await expect(createSchema(memphis, type, content)).rejects.toThrow(/Schema refused/);
  });

  it("cannot be attached where there is none, or to what is none", async () => {
    const memphis = await stage.memphis();
    const stationName = stage.station();
    await expect(memphis.enforceSchema({ name: "none", stationName })).rejects.toThrow(/station .* does not exist/);
    await memphis.station({ name: stationName });
    await expect(memphis.enforceSchema({ name: "none", stationName })).rejects.toThrow(/schema "none" does not exist/);
    await expect(memphis.detachSchema({ stationName: stage.station() })).rejects.toThrow(/does not exist/);
  });
});

describe("a message that its schema refuses", () => {
  it("is a dead letter, and told to whoever runs the bridge", async () => {
    const [memphis, admin] = await Promise.all([stage.memphis(), stage.admin()]);
    const notified = vi.fn();
    stage.bridge.on("notification-received", notified);
    const stationName = stage.station();
    await memphis.station({ name: stationName, schemaName: await createSchema(memphis, "json", JSON_SCHEMA) });
    const producer = await memphis.producer({ stationName, producerName: "p" });
    await expect(
      producer.produce({ message: { id: "x" }, headers: memphis.headers(), asyncProduce: false }),
    ).rejects.toThrow();
    const found: DeadLetter[] = [];
    await vi.waitFor(async () => {
      for await (const letter of admin.deadLetters(stationName).list()) found.push(letter);
      expect(found).toHaveLength(1);
      expect(notified).toHaveBeenCalled();
    }, WAIT);
    expect(found[0]).toMatchObject({ cause: "schema", station: stationName, group: "", sequence: 0, consumer: "p" });
    expect(found[0]!.reason).toMatch(/Schema validation has failed/);
    expect(Buffer.from(found[0]!.data).toString()).toBe('{"id":"x"}');
    expect(notified.mock.calls[0]![0]).toMatchObject({ title: "Schema validation has failed", code: '{"id":"x"}' });
    stage.bridge.off("notification-received", notified);
    await expect(admin.deadLetters(stationName).resend(found[0]!)).rejects.toThrow(/never in its station/);
    await admin.deadLetters(stationName).drop(found[0]!);
  });

  it("is no dead letter where the station does not want that", async () => {
    const memphis = await stage.memphis();
    const stationName = stage.station();
    await memphis.station({
      ...{ name: stationName, schemaName: await createSchema(memphis, "json", JSON_SCHEMA) },
      sendSchemaFailedMsgToDls: false,
    });
    await memphis.producer({ stationName, producerName: "p" });
    expect(memphis.stationSchemaverseToDlsMap.get(stationName)).toBe(false);
  });
});
