import { connect, PermissionDeniedError } from "@stationkit/core-protocol";
import { createStationAdmin, type StationEvent, type StationWatch } from "@stationkit/station-admin";
import { freshName, itOnJetStream } from "@stationkit/test-kit/vitest";
import { describe, expect, it, vi } from "vitest";
import { useBroker } from "./support/broker.js";

const broker = useBroker();
const soon = { timeout: 20_000, interval: 20 };

function record(watch: StationWatch): StationEvent[] {
  const events: StationEvent[] = [];
  watch.on((event) => events.push(event));
  return events;
}

function summary(events: readonly StationEvent[]): unknown[] {
  return events.map((event) =>
    event.type === "destroyed" ? event.type : `${event.type} ${event.station.partitions.length}`,
  );
}

async function subscriptionCount(): Promise<number> {
  const response = await fetch(`${broker.server!.monitorUrl}/connz?subs=1&state=open`);
  const { connections } = (await response.json()) as { connections: { subscriptions_list?: string[] }[] };
  return connections.flatMap((one) => one.subscriptions_list ?? []).filter((subject) => subject.includes("ADVISORY"))
    .length;
}

describe("a watch", () => {
  itOnJetStream("tells creation, growth, new settings and destruction, and nothing else", async () => {
    const name = freshName();
    using watch = broker.admin.watch(name);
    const events = record(watch);
    await watch.ready;
    const expectEvents = (expected: unknown[]): Promise<void> =>
      vi.waitFor(() => {
        expect(summary(events)).toEqual(expected);
      }, soon);
    await broker.admin.create({ name, partitions: 2 });
    await expectEvents(["created 2"]);
    await broker.admin.ensure({ name });
    await broker.admin.addPartitions(name, { total: 3 });
    await expectEvents(["created 2", "changed 3"]);
    await broker.admin.update(name, { discard: "new" });
    await expectEvents(["created 2", "changed 3", "changed 3"]);
    expect(watch.station?.settings.discard).toBe("new");
    await broker.admin.destroy(name);
    await expectEvents(["created 2", "changed 3", "changed 3", "destroyed"]);
    await broker.admin.create({ name });
    await expectEvents(["created 2", "changed 3", "changed 3", "destroyed", "created 1"]);
  });

  it("tells another station under the same name as destroyed and created", async () => {
    const name = freshName();
    const first = await broker.admin.create({ name, partitions: 2 });
    await broker.admin.destroy(name);
    await broker.admin.create({ name, partitions: 5 });
    using watch = broker.admin.watch(name, { from: first });
    const events = record(watch);
    await vi.waitFor(() => {
      expect(summary(events)).toEqual(["destroyed", "created 5"]);
    }, soon);
  });

  it("is an async iterable that ends when it is closed", async () => {
    const name = freshName();
    const watch = broker.admin.watch(name);
    await watch.ready;
    const types: string[] = [];
    const loop = (async () => {
      for await (const event of watch) types.push(event.type);
    })();
    await broker.admin.create({ name });
    await vi.waitFor(() => {
      expect(types).toEqual(["created"]);
    }, soon);
    watch.close();
    watch.close();
    await loop;
    expect(await watch[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  });

  itOnJetStream("gives the first iteration what has happened since it was made", async () => {
    const name = freshName();
    using watch = broker.admin.watch(name, { from: await broker.admin.ensure({ name }) });
    await broker.admin.addPartitions(name, { total: 2 });
    await vi.waitFor(() => {
      expect(watch.station?.partitions).toEqual([1, 2]);
    }, soon);
    expect(await watch[Symbol.asyncIterator]().next()).toMatchObject({ value: { type: "changed" } });
  });

  it("ends with its connection", async () => {
    const connection = await broker.connect();
    const watch = createStationAdmin(connection).watch(freshName());
    await watch.ready;
    const ended = watch[Symbol.asyncIterator]().next();
    await connection.close();
    expect(await ended).toEqual({ done: true, value: undefined });
    const late = createStationAdmin(connection).watch(freshName());
    await late.ready;
    expect(await late[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  });

  itOnJetStream.skipIf(process.env["BROKER_URL"] !== undefined)(
    "costs one subscription however many follow a station",
    async () => {
      const name = freshName();
      await broker.admin.create({ name });
      const watches = Array.from({ length: 1_000 }, () => broker.admin.watch(name));
      const events = watches.map(record);
      await Promise.all(watches.map((watch) => watch.ready));
      expect(await subscriptionCount()).toBe(1);
      await broker.admin.update(name, { discard: "new" });
      await vi.waitFor(() => {
        expect(events.every((one) => one.length === 1)).toBe(true);
      }, soon);
      for (const watch of watches) watch.close();
      await broker.connection.natsConnection.flush();
      expect(await subscriptionCount()).toBe(0);
    },
  );

  it("stops calling a listener that has unsubscribed", async () => {
    const name = freshName();
    using watch = broker.admin.watch(name);
    const listener = vi.fn();
    const unsubscribe = watch.on(listener);
    const events = record(watch);
    await watch.ready;
    unsubscribe();
    await broker.admin.create({ name });
    await vi.waitFor(() => {
      expect(events).toHaveLength(1);
    }, soon);
    expect(listener).not.toHaveBeenCalled();
  });
});

describe("a login that may not subscribe to advisories", () => {
  const restricted = useBroker({
    config: {
      accounts: {
        A: {
          jetstream: "enabled",
          users: [
            { user: "all", password: "x" },
            { user: "some", password: "x", permissions: { subscribe: ["_INBOX.>"] } },
          ],
        },
      },
      no_auth_user: "all",
    },
  });

  it("is told by the poll", async () => {
    const name = freshName();
    const connection = await restricted.connect({ username: "some", password: "x" });
    using watch = createStationAdmin(connection, { pollIntervalMs: 50 }).watch(name);
    const events = record(watch);
    await watch.ready;
    await restricted.admin.create({ name });
    await vi.waitFor(() => {
      expect(summary(events)).toEqual(["created 1"]);
    }, soon);
  });
});

describe("a login that may not administer streams", () => {
  const restricted = useBroker({
    config: {
      accounts: {
        A: {
          jetstream: "enabled",
          users: [
            { user: "all", password: "x" },
            { user: "some", password: "x", permissions: { publish: { deny: ["$JS.API.STREAM.CREATE.>"] } } },
          ],
        },
      },
      no_auth_user: "all",
    },
  });

  itOnJetStream("is told so at once", async () => {
    const connection = await restricted.connect({ username: "some", password: "x" });
    const ensured = createStationAdmin(connection).ensure({ name: freshName(), partitions: 2 });
    await expect(ensured).rejects.toBeInstanceOf(PermissionDeniedError);
  });
});

describe("a server that is away", () => {
  const fragile = useBroker();

  itOnJetStream.skipIf(process.env["BROKER_URL"] !== undefined)("is asked again as soon as it is back", async () => {
    const name = freshName();
    const other = freshName();
    await fragile.admin.create({ name });
    await using connection = await connect({ servers: fragile.url, reconnectDelayMs: 50 });
    using watch = createStationAdmin(connection).watch(name);
    const events = record(watch);
    await watch.ready;
    await fragile.server!.kill();
    const ensured = fragile.admin.ensure({ name: other, partitions: 2 });
    await fragile.server!.restart();
    expect((await ensured).partitions).toEqual([1, 2]);
    await fragile.admin.update(name, { discard: "new" });
    await vi.waitFor(() => {
      expect(summary(events)).toEqual(["changed 1"]);
    }, soon);
  });
});
