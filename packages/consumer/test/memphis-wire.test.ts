import { readFile } from "node:fs/promises";
import { CONTROL_SUBJECT } from "@stationkit/core-protocol/control";
import { createProducer } from "@stationkit/producer";
import { createStationAdmin } from "@stationkit/station-admin";
import { createMemphisClient } from "@stationkit/station-admin/memphis";
import { startModelBroker } from "@stationkit/test-kit/memphis";
import { useBroker } from "@stationkit/test-kit/vitest";
import { expect, it } from "vitest";
import { createConsumer } from "../src/index.js";

const server = useBroker();
const page = await readFile(new URL("../../../docs/memphis-wire.md", import.meta.url), "utf8");

/** A row of the page: a field by its path, its type by our reference, and what was sent. */
interface Row {
  readonly field: string;
  readonly type: string;
  readonly sent: string;
}

/** The tables of the page by the subject in the heading above each. */
function tables(): ReadonlyMap<string, readonly Row[]> {
  const found = new Map<string, Row[]>();
  let subject = "";
  for (const line of page.split("\n")) {
    if (line.startsWith("## ")) subject = "";
    subject = /^### `(\$memphis_[a-z_]+)`/.exec(line)?.[1] ?? subject;
    const row = /^\| `([\w.$]+)` +\| ([a-z]+) +\| `(.*?)` +\|/.exec(line);
    if (row === null || subject === "") continue;
    const [, field = "", type = "", sent = ""] = row;
    found.set(subject, [...(found.get(subject) ?? []), { field, type, sent }]);
  }
  return found;
}

/** A body in rows, nested objects by path, in its own order. */
function rowsOf(body: object, prefix = ""): Row[] {
  return Object.entries(body).flatMap(([key, value]: [string, unknown]) =>
    typeof value === "object" && value !== null
      ? rowsOf(value, `${prefix}${key}.`)
      : [{ field: prefix + key, type: typeOf(value), sent: JSON.stringify(value) }],
  );
}

function typeOf(value: unknown): string {
  if (typeof value === "boolean") return "bool";
  return typeof value === "number" && Number.isInteger(value) ? "int" : typeof value;
}

it("sends every request and event as docs/memphis-wire.md has it, beside the reference, field by field", async () => {
  const broker = await startModelBroker(await server.connect({ controlPlane: "jetstream" }));
  const connection = await server.connect({ controlPlane: "memphis" });
  const client = createMemphisClient(connection);
  const stationName = "Orders.EU";

  await createStationAdmin(connection).create({ name: stationName, partitions: 2, dlsStation: "letters" });
  await client.createSchema({ schemaName: "order", schemaType: "json", schemaContent: "{}" });
  await client.attachSchema({ schemaName: "order", stationName });
  const producer = await createProducer(connection, { stationName, producerName: "Checkout" });
  await producer.produce({ message: "x", partitionNumber: 2, asyncProduce: false });
  const consumer = await createConsumer(connection, { stationName, consumerName: "C1", consumerGroup: "Billing.EU" });
  const [message] = await consumer.fetch({ batchSize: 1, maxWaitMs: 5_000 });
  await message!.deadLetter("no such customer");
  await client.acknowledgeResent({ id: 42, groupName: "billing#eu" });
  await client.sendSchemaFailure({
    ...{ station: producer.stationName as never, producerName: "checkout", data: Buffer.from("é\n") },
    ...{ headers: { $memphis_producedBy: "checkout" }, validationError: "Schema validation has failed: no id" },
  });
  await client.notify({ title: "Schema validation has failed", message: "Station: orders.eu", code: "{}" });
  await client.detachSchema(stationName);
  await consumer.close();
  await client.unregisterConsumer({ name: "c1", stationName: "orders.eu" });
  await producer.close();
  await createStationAdmin(connection).destroy(stationName);

  const appId = String(broker.sent(CONTROL_SUBJECT.producerCreations)[0]?.["app_id"]);
  expect(appId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  const named = (json: object): object =>
    JSON.parse(
      JSON.stringify(json).replaceAll(connection.id, "<connection id>").replaceAll(appId, "<app id>"),
    ) as object;
  const documented = tables();
  const toBroker = Object.values(CONTROL_SUBJECT).filter((subject) => subject !== CONTROL_SUBJECT.sdkClientsUpdates);
  expect([...documented.keys()].sort()).toEqual(toBroker.sort());
  for (const [subject, rows] of documented) {
    const [body, ...more] = broker.sent(subject);
    expect(more, subject).toEqual([]);
    expect(rowsOf(named(body ?? {})), subject).toEqual(rows);
  }
  expect(broker.messages.filter(({ hasHeaders }) => hasHeaders)).toEqual([]);
  const events = new Set<string>([
    ...[CONTROL_SUBJECT.notifications, CONTROL_SUBJECT.schemaverseDls],
    ...[CONTROL_SUBJECT.nackedDls, CONTROL_SUBJECT.pmAcks],
  ]);
  for (const { subject, wantsReply } of broker.messages)
    expect([subject, wantsReply]).toEqual([subject, !events.has(subject)]);
});
