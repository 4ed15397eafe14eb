import { CONTROL_SUBJECT, decodeSchemaverseDls } from "@stationkit/core-protocol/control";
import type { NotificationEvent } from "@stationkit/core-protocol/control";
import type { StoredDeadLetter } from "@stationkit/memphis-bridge";
import {
  ControlPlaneMissingError,
  type Memphis,
  SchemaUnusableError,
  SchemaValidationError,
} from "@stationkit/memphis-compat";
import { createStationAdmin } from "@stationkit/station-admin";
import { startTcpProxy } from "@stationkit/test-kit";
import { freshName, rejection } from "@stationkit/test-kit/vitest";
import { describe, expect, it, vi } from "vitest";
import { useBridge } from "./support/bridge.js";
import { useCompatBroker } from "./support/compat.js";
import { examplesThatNeed, runExample } from "./support/memphis-readme.js";

const broker = useCompatBroker();
const bridge = useBridge(broker);

const ORDER = { type: "object", properties: { id: { type: "integer" } }, required: ["id"] };

/** Keeps a schema and attaches it to a station. @returns its name. */
async function attach(memphis: Memphis, stationName: string, schemaType: string, content: unknown): Promise<string> {
  const name = freshName("schema");
  await memphis.createSchema({ schemaName: name, schemaType, schemaFilePath: bridge.file("schema", content) });
  await memphis.enforceSchema({ name, stationName });
  return name;
}

describe("the examples of memphis-dev's README about schemas", () => {
  const examples = examplesThatNeed("schemas");

  it.each(examples)("example $number does what it says: $title", async (example) => {
    await bridge.start();
    const memphis = await broker.memphis();
    const stationName = freshName("station");
    const schema = example.code.includes("sensorLogs") ? "sensorlogs" : freshName("schema");
    const path = bridge.file("schema.json", ORDER);
    const isAttached = async (name: string): Promise<void> => {
      const producer = await memphis.producer({ stationName: name, producerName: "p" });
      const refused = await rejection(producer.produce({ message: { id: "x" } }));
      expect(refused).toMatchObject({ name: "SchemaValidationError", schemaName: schema });
    };
    if (!example.code.includes("createSchema")) {
      await memphis.createSchema({ schemaName: schema, schemaType: "json", schemaFilePath: path });
    }
    if (/(enforce|attach|detach)Schema/.test(example.code)) await memphis.station({ name: stationName });
    if (example.code.includes("detachSchema")) await memphis.enforceSchema({ name: schema, stationName });
    const scope = { memphis, memphisConnection: memphis, options: { ...broker.options } };
    await runExample(example, scope, {
      "dlsStation:'<station-name>'": `dlsStation: "${stationName}-dead"`,
      ...{ "{...}": "options", "<station-name>": stationName, "<schema-name>": schema },
      ...{ "<schema-type>": "json", "<schema-file-path>": path },
    });
    if (example.code.includes("createSchema")) await memphis.station({ name: stationName, schemaName: schema });
    if (example.code.includes("detachSchema")) {
      await memphis.produce({ stationName, producerName: "p", message: { id: "x" }, asyncProduce: false });
    } else await isAttached(example.code.includes("myStation") ? "mystation" : stationName);
  });
});

describe("a station with a schema", () => {
  const query = "query { order(id: 1) }";
  it.each<[string, unknown, unknown, unknown, unknown]>([
    ["json", ORDER, { id: 1 }, { id: 1 }, { id: "x" }],
    ["avro", { type: "record", name: "o", fields: [{ name: "id", type: "int" }] }, { id: 1 }, { id: 1 }, { id: "x" }],
    ["protobuf", 'syntax = "proto3"; message Order { int32 id = 1; }', { id: 1 }, { id: 1 }, { id: "x" }],
    ["graphql", "type Query { order(id: Int!): String }", query, query, "query { nothing }"],
  ])("takes what its %s schema allows, and is read by it", async (type, content, good, read, bad) => {
    await bridge.start();
    const memphis = await broker.memphis();
    const stationName = broker.station();
    await memphis.station({ name: stationName });
    await attach(memphis, stationName, type, content);
    const producer = await memphis.producer({ stationName, producerName: "p" });
    expect(await rejection(producer.produce({ message: bad }))).toBeInstanceOf(SchemaValidationError);
    await producer.produce({ message: good, asyncProduce: false });
    const [message] = await memphis.fetchMessages({ stationName, consumerName: "c", batchSize: 1 });
    expect(message!.getSequenceNumber()).toBe(1);
    const value: unknown = message!.getDataDeserialized();
    if (typeof read === "string") expect(value).toBe(read);
    else expect(value).toMatchObject(read as object);
  });

  it("is followed by producers that are there before it has one, has another, and has none", async () => {
    await bridge.start();
    const memphis = await broker.memphis();
    const stationName = broker.station();
    const producer = await memphis.producer({ stationName, producerName: "p" });
    const produces = async (message: unknown): Promise<boolean> =>
      producer.produce({ message, asyncProduce: false }).then(
        () => true,
        (error: unknown) => {
          expect(error).toBeInstanceOf(SchemaValidationError);
          return false;
        },
      );
    expect(await produces({ id: "x" })).toBe(true);
    const other = await broker.memphis();
    await attach(other, stationName, "json", ORDER);
    await vi.waitFor(async () => {
      expect(await produces({ id: "x" })).toBe(false);
    }, 10_000);
    await attach(other, stationName, "json", { ...ORDER, required: ["name"] });
    await vi.waitFor(async () => {
      expect(await produces({ name: "n" })).toBe(true);
    }, 10_000);
    expect(await produces({ id: 1 })).toBe(false);
    await other.detachSchema({ stationName });
    await vi.waitFor(async () => {
      expect(await produces({ id: 1 })).toBe(true);
    }, 10_000);
  });

  it("is looked up again after an outage", async () => {
    await bridge.start();
    const proxy = await startTcpProxy({ port: Number(new URL(broker.url).port) });
    try {
      const memphis = await broker.memphis({ port: proxy.port, reconnectIntervalMs: 20 });
      const stationName = broker.station();
      const producer = await memphis.producer({ stationName, producerName: "p" });
      proxy.stall("to-client");
      proxy.cut();
      await vi.waitFor(() => {
        expect(memphis.isConnected()).toBe(false);
      }, 10_000);
      await attach(await broker.memphis(), stationName, "json", ORDER);
      proxy.restore();
      await vi.waitFor(async () => {
        expect(await rejection(producer.produce({ message: {}, asyncProduce: false }))).toBeInstanceOf(
          SchemaValidationError,
        );
      }, 20_000);
    } finally {
      await proxy[Symbol.asyncDispose]();
    }
  });

  it("holds on while nobody is there to be asked after an outage", async () => {
    const first = await bridge.start();
    const memphis = await broker.memphis({ reconnectIntervalMs: 20 });
    const stationName = broker.station();
    const producer = await memphis.producer({ stationName, producerName: "p" });
    await attach(memphis, stationName, "json", ORDER);
    const refused = async (): Promise<void> => {
      expect(await rejection(producer.produce({ message: {}, asyncProduce: false }))).toBeInstanceOf(
        SchemaValidationError,
      );
    };
    await vi.waitFor(refused, 10_000);
    await first.close();
    const reconnections = vi.fn();
    memphis.connection.on("status", ({ type }) => {
      if (type === "reconnected") reconnections();
    });
    await memphis.connection.natsConnection.reconnect();
    await vi.waitFor(() => {
      expect(reconnections).toHaveBeenCalled();
    }, 10_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await refused();

    await bridge.start();
    await (await broker.memphis()).detachSchema({ stationName });
    await vi.waitFor(async () => {
      await producer.produce({ message: {}, asyncProduce: false });
    }, 20_000);
  });

  it("whose kind is not known here says so to whoever produces", async () => {
    const memphis = await broker.memphis();
    const stationName = broker.station();
    const producer = await memphis.producer({ stationName, producerName: "p" });
    const schema = { schema_name: "s", type: "xml", active_version: { version_number: 1, schema_content: "<a/>" } };
    broker.connection.natsConnection.publish(
      `$memphis_schema_updates_${stationName}`,
      JSON.stringify({ UpdateType: 1, init: schema }),
    );
    await vi.waitFor(async () => {
      expect(await rejection(producer.produce({ message: "m" }))).toBeInstanceOf(SchemaUnusableError);
    }, 10_000);
  });
});

describe("a message that the schema of its station refuses", () => {
  const BYTES = "line\nbreak, \u65e5\u672c, \u0001";

  it("becomes a dead letter with its exact bytes and headers, and is notified", async () => {
    const served = await bridge.start({ sendNotifications: true });
    const letters: StoredDeadLetter[] = [];
    const notifications: NotificationEvent[] = [];
    served.on("dead-letter-stored", (letter) => letters.push(letter));
    served.on("notification-received", (notification) => notifications.push(notification));
    const memphis = await broker.memphis();
    const stationName = broker.station();
    await memphis.station({ name: stationName });
    await attach(memphis, stationName, "json", ORDER);
    const producer = await memphis.producer({ stationName, producerName: "p" });
    const message = Buffer.from(JSON.stringify({ id: BYTES }));
    const refused = await rejection(producer.produce({ message, headers: { a: "1" }, msgId: "m-1" }));
    await vi.waitFor(() => {
      expect(letters).toMatchObject([{ station: stationName, cause: "schema", reason: refused.message }]);
      expect(notifications).toMatchObject([{ title: "Schema validation has failed", code: message.toString() }]);
    }, 20_000);
    expect(notifications[0]!.message).toBe(`Station: ${stationName}\nProducer: p\nError: ${refused.message}`);
    const kept = [];
    for await (const letter of createStationAdmin(broker.connection).deadLetters(stationName).list()) kept.push(letter);
    expect(kept.map(({ data }) => Buffer.from(data).toString())).toEqual([message.toString()]);
    expect(kept[0]!.headers).toMatchObject({ a: "1" });
  });

  it("is said on the wire as the protocol has it", async () => {
    await bridge.start();
    const said: Uint8Array[] = [];
    broker.connection.natsConnection.subscribe(CONTROL_SUBJECT.schemaverseDls, {
      callback: (_error, { data, headers }) => {
        expect(headers).toBeUndefined();
        said.push(data);
      },
    });
    await broker.connection.natsConnection.flush();
    const memphis = await broker.memphis();
    const stationName = `${broker.station()}.eu`;
    await memphis.station({ name: stationName });
    await attach(memphis, stationName, "json", ORDER);
    const headers = memphis.headers();
    headers.add("a", "1");
    const message = { id: BYTES };
    await rejection(memphis.produce({ stationName, producerName: "P", message, headers, msgId: "m-1" }));
    await vi.waitFor(() => {
      expect(said).toHaveLength(1);
    }, 10_000);
    const { data, ...event } = decodeSchemaverseDls(said[0]!);
    expect(Buffer.from(data).toString()).toBe(JSON.stringify(message));
    expect(event).toEqual({
      ...{ station: stationName, producerName: "p", connectionId: memphis.connectionId, partition: undefined },
      headers: { "msg-id": "m-1", $memphis_connectionId: memphis.connectionId, $memphis_producedBy: "p", a: "1" },
      validationError: "Schema validation has failed: /id must be integer",
    });
  });

  it("is not told where the station does not want it", async () => {
    await bridge.start({ sendNotifications: true });
    const said: string[] = [];
    for (const subject of [CONTROL_SUBJECT.schemaverseDls, CONTROL_SUBJECT.notifications]) {
      broker.connection.natsConnection.subscribe(subject, {
        callback: (_error, { data }) => {
          const { code, message } = JSON.parse(Buffer.from(data).toString()) as {
            code?: string;
            message?: { data: string };
          };
          said.push(code ?? Buffer.from(message?.data ?? "", "hex").toString());
        },
      });
    }
    await broker.connection.natsConnection.flush();
    const memphis = await broker.memphis();
    const [quiet, loud] = [broker.station(), broker.station()];
    await memphis.station({ name: quiet, sendSchemaFailedMsgToDls: false });
    await memphis.station({ name: loud });
    for (const stationName of [quiet, loud]) {
      await attach(memphis, stationName, "json", ORDER);
      await rejection(memphis.produce({ stationName, producerName: "p", message: { id: stationName } }));
    }
    await vi.waitFor(() => {
      expect(said).toHaveLength(2);
    }, 10_000);
    expect(said).toEqual(Array(2).fill(JSON.stringify({ id: loud })));
  });
});

describe("without a control plane", () => {
  const why = /needs a Memphis control plane, .* or run "npx @stationkit\/memphis-bridge --server <url>" beside it$/;

  it.each<[string, (memphis: Memphis, stationName: string) => Promise<unknown>]>([
    [
      "createSchema",
      (memphis) =>
        memphis.createSchema({ schemaName: "s", schemaType: "json", schemaFilePath: bridge.file("s", ORDER) }),
    ],
    ["enforceSchema", (memphis, stationName) => memphis.enforceSchema({ name: "s", stationName })],
    ["attachSchema", (memphis, stationName) => memphis.attachSchema({ name: "s", stationName })],
    ["detachSchema", (memphis, stationName) => memphis.detachSchema({ stationName })],
    ["a station with a schema", (memphis, name) => memphis.station({ name, schemaName: "s" })],
  ])("%s says what to run", async (_what, call) => {
    const error = await rejection(call(await broker.memphis(), broker.station()));
    expect(error).toBeInstanceOf(ControlPlaneMissingError);
    expect(error.message).toMatch(why);
    expect(error).toMatchObject({ code: "SK_CONTROL_PLANE_MISSING", outcome: "rejected", retryable: false });
  });

  it("a station that only leaves out dead letters of schemas is made: no schema refuses anything there", async () => {
    const name = broker.station();
    await (await broker.memphis()).station({ name, sendSchemaFailedMsgToDls: false });
    await createStationAdmin(broker.connection).describe(name);
  });
});

describe("a schema", () => {
  it.each([
    [{ schemaName: "Upper" }, /a schema name must be/],
    [{ schemaName: "ends-" }, /a schema name must be/],
    [{ schemaName: "" }, /a schema name must be/],
    [{ schemaType: "xml" }, /schemaType must be one of protobuf, json, graphql, avro/],
    [{ schemaFilePath: "no/such/file.json" }, /schemaFilePath cannot be read: .*ENOENT/],
  ])("is refused here when it is %j", async (change, message) => {
    const memphis = await broker.memphis();
    const schema = { schemaName: "s", schemaType: "json", schemaFilePath: bridge.file("s", ORDER), ...change };
    expect((await rejection(memphis.createSchema(schema))).message).toMatch(message);
  });

  it("may be created again as it is, but not with another type", async () => {
    await bridge.start();
    const memphis = await broker.memphis();
    const schema = { schemaName: freshName("schema"), schemaType: "json", schemaFilePath: bridge.file("s", ORDER) };
    await memphis.createSchema(schema);
    await memphis.createSchema(schema);
    const other = { ...schema, schemaType: "graphql", schemaFilePath: bridge.file("g", "type Query { a: Int }") };
    expect((await rejection(memphis.createSchema(other))).message).toMatch("already exist with type");
  });

  it("that does not exist cannot be attached, nor be a new station's", async () => {
    await bridge.start();
    const memphis = await broker.memphis();
    const name = broker.station();
    expect((await rejection(memphis.station({ name, schemaName: "nowhere" }))).message).toMatch("does not exist");
    await memphis.station({ name });
    const attached = memphis.enforceSchema({ name: "nowhere", stationName: name });
    expect((await rejection(attached)).message).toMatch('schema "nowhere" does not exist');
  });
});
