import { readFile } from "node:fs/promises";
import { connect, parseStationName } from "@stationkit/core-protocol";
import { CONTROL_SUBJECT, encodeSchemaCreation, schemaUpdatesSubject } from "@stationkit/core-protocol/control";
import { startNats, type StartNatsOptions } from "@stationkit/embedded-nats";
import { createStationAdmin, type DeadLetter } from "@stationkit/station-admin";
import { failOnUnhandledRejections, rejection } from "@stationkit/test-kit/vitest";
import { expect, it, vi } from "vitest";
import { serveMemphis } from "../src/index.js";
import { AUTHORIZATION, connectMemphis, LOGIN } from "./support/stage.js";

failOnUnhandledRejections();

const WAIT = { timeout: 20_000, interval: 50 };
const bridgeLogin = { username: "bridge", password: "bridge" };

interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** The subjects of the README's table. */
async function readPermissions(): Promise<Permissions> {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const rows = [...readme.matchAll(/^\| (publish|subscribe) +\| `([^`]+)` +\|/gm)];
  const of = (operation: string): string[] => rows.filter(([, name]) => name === operation).map(([, , one]) => one!);
  return { publish: of("publish"), subscribe: of("subscribe") };
}

function config(permissions: Permissions): NonNullable<StartNatsOptions["config"]> {
  const { publish, subscribe } = permissions;
  const bridge = { user: "bridge", password: "bridge", permissions: { publish, subscribe } };
  return { authorization: { users: [...AUTHORIZATION.users, bridge] } };
}

it("the rights that the README lists are enough for all that a bridge does", async () => {
  await using server = await startNats({ config: config(await readPermissions()) });
  await using own = await connect({ servers: server.url, ...bridgeLogin });
  const errors: unknown[] = [];
  own.on("status", (status) => {
    if (status.type === "error") errors.push(status.error);
  });
  const bridge = await serveMemphis(own);
  bridge.on("failed", (error) => {
    errors.push(error);
  });
  await using connection = await connect({ servers: server.url, ...LOGIN });
  const admin = createStationAdmin(connection);
  const memphis = await connectMemphis(server.port);
  const [stationName, dlsStation] = ["orders.eu", "letters.eu"];
  await memphis.station({ name: stationName, partitionsNumber: 2, dlsStation });
  const producer = await memphis.producer({ stationName, producerName: "p" });
  const schema = { schemaName: "s", schemaType: "json", createdByUsername: "root", schemaContent: "{}" };
  await connection.request(CONTROL_SUBJECT.schemaCreations, encodeSchemaCreation(schema));
  const updates: unknown[] = [];
  const subject = schemaUpdatesSubject(parseStationName(stationName));
  connection.natsConnection.subscribe(subject, { callback: (_error, message) => void updates.push(message) });
  await memphis.enforceSchema({ name: "s", stationName });
  await memphis.detachSchema({ stationName });
  await vi.waitFor(() => {
    expect(updates).toHaveLength(2);
  }, WAIT);
  await producer.produce({ message: Buffer.from("bad"), asyncProduce: false });
  const consumer = await memphis.consumer({ stationName, consumerName: "c" });
  await vi.waitFor(async () => {
    for (const message of await consumer.fetch({ batchSize: 1 })) message.deadLetter("no");
    const letters: DeadLetter[] = [];
    for await (const letter of admin.deadLetters(stationName).list()) letters.push(letter);
    expect(letters).toHaveLength(1);
  }, WAIT);
  // It is told that it is done with, or it would come again.
  await vi.waitFor(async () => {
    const info = await connection.jetStream.request<{ num_ack_pending: number; num_pending: number }>(
      "CONSUMER.INFO.memphis_bridge_events.bridge",
    );
    expect(info).toMatchObject({ num_ack_pending: 0, num_pending: 0 });
  }, WAIT);
  await consumer.destroy();
  const durables = await connection.jetStream.request<{ consumers: unknown }>("CONSUMER.NAMES.orders#eu$1");
  expect(durables.consumers ?? []).toEqual([]);
  await producer.destroy();
  const station = await memphis.station({ name: stationName });
  await station.destroy();
  await memphis.close();
  await bridge.close();
  expect(errors).toEqual([]);
});

it.each(["memphis_bridge.events", "$memphis_consumer_creations", "_STATIONKIT.group_members.*.*"])(
  "without the right to subscribe to %s no bridge starts, and it says why",
  async (subject) => {
    const permissions = await readPermissions();
    const subscribe = permissions.subscribe.filter((one) => one !== subject);
    expect(subscribe).toHaveLength(permissions.subscribe.length - 1);
    await using server = await startNats({ config: config({ ...permissions, subscribe }) });
    await using own = await connect({ servers: server.url, ...bridgeLogin });
    const error = await rejection(serveMemphis(own));
    expect(error).toMatchObject({ name: "PermissionDeniedError", operation: "subscription", subject });
  },
);

it("without the right to ask who is in a group, its durables stay, and it says why", async () => {
  const all = await readPermissions();
  const publish = all.publish.filter((one) => !one.startsWith("_STATIONKIT"));
  await using server = await startNats({ config: config({ ...all, publish }) });
  await using own = await connect({ servers: server.url, ...bridgeLogin });
  await using bridge = await serveMemphis(own);
  const failed = vi.fn();
  bridge.on("failed", failed);
  await using connection = await connect({ servers: server.url, ...LOGIN });
  const memphis = await connectMemphis(server.port);
  const consumer = await memphis.consumer({ stationName: "orders", consumerName: "c" });
  await consumer.destroy();
  await memphis.close();
  const subject = "_STATIONKIT.group_members.orders.c";
  expect(failed.mock.calls).toMatchObject([[{ name: "PermissionDeniedError", operation: "publish", subject }]]);
  const durables = await connection.jetStream.request<{ consumers: unknown }>("CONSUMER.NAMES.orders$1");
  expect(durables.consumers).toEqual(["c"]);
});
