import { type Connection, parseConsumerGroupName, parseStationName } from "@stationkit/core-protocol";
import {
  CONTROL_SUBJECT,
  encodeConsumerCreation,
  encodeConsumerDestruction,
  groupMembersSubject,
} from "@stationkit/core-protocol/control";
import { createStationAdmin } from "@stationkit/station-admin";
import { rejection, useBroker } from "@stationkit/test-kit/vitest";
import { describe, expect, it } from "vitest";
import { type MemphisBridge, serveMemphis } from "../src/index.js";
import { BridgeState } from "../src/state/bridge-state.js";

const broker = useBroker();
const client = { username: "root", appId: "a" };

interface Sdk {
  declare(connectionId: string): Promise<string>;
  destroy(connectionId: string): Promise<string>;
  durables(): Promise<string[]>;
  keys(): Promise<string[]>;
}

/** Asks bridges as SDKs do, for consumers of the group `g.1`. */
function sdk(connection: Connection, stationName: string): Sdk {
  const ask = async (subject: string, payload: Uint8Array): Promise<string> =>
    Buffer.from(await connection.request(subject, payload, { timeoutMs: 20_000 })).toString();
  return {
    async declare(connectionId) {
      const consumer = { consumerName: "c", consumerGroup: "g.1", stationName, connectionId };
      const answer = await ask(CONTROL_SUBJECT.consumerCreations, encodeConsumerCreation({ ...client, ...consumer }));
      return answer.startsWith("{") ? "" : answer;
    },
    destroy: (connectionId) =>
      ask(
        CONTROL_SUBJECT.consumerDestructions,
        encodeConsumerDestruction({ ...client, name: "c", stationName, connectionId }),
      ),
    async durables() {
      const names = await connection.jetStream.request<{ consumers: string[] | null }>(
        `CONSUMER.NAMES.${stationName}$1`,
      );
      return names.consumers ?? [];
    },
    async keys() {
      const { state } = await connection.jetStream.request<{ state: { subjects?: object } }>(
        "STREAM.INFO.KV_memphis_bridge",
        { subjects_filter: `$KV.memphis_bridge.groups.${stationName}.>` },
      );
      return Object.keys(state.subjects ?? {});
    },
  };
}

async function serve(count: number): Promise<MemphisBridge[]> {
  return Promise.all(Array.from({ length: count }, async () => serveMemphis(await broker.connect())));
}

const closeAll = async (bridges: readonly MemphisBridge[]): Promise<void> => {
  await Promise.all(bridges.map((bridge) => bridge.close()));
};

describe("the last consumers of a group", () => {
  it("take its place with them when they are destroyed at once, and leave nothing behind", async () => {
    const bridges = await serve(3);
    const connection = await broker.connect();
    for (let round = 0; round < 5; round++) {
      const group = sdk(connection, broker.station());
      await Promise.all(["1", "2", "3"].map((id) => group.declare(id)));
      expect(await group.durables()).toEqual(["g#1"]);
      expect(await Promise.all(["1", "2", "3"].map((id) => group.destroy(id)))).toEqual(["", "", ""]);
      expect([await group.durables(), await group.keys()]).toEqual([[], []]);
    }
    await closeAll(bridges);
  });

  it("do not take the place of one that is declared while they are destroyed", async () => {
    const bridges = await serve(3);
    const connection = await broker.connect();
    const group = sdk(connection, broker.station());
    await group.declare("0");
    for (let round = 1; round <= 6; round++) {
      const destroyed = group.destroy(String(round - 1));
      await new Promise((resolve) => setTimeout(resolve, round * 5));
      expect(await Promise.all([destroyed, group.declare(String(round))])).toEqual(["", ""]);
      expect([await group.durables(), await group.keys()]).toMatchObject([["g#1"], { length: 1 }]);
    }
    expect(await group.destroy("6")).toBe("");
    expect([await group.durables(), await group.keys()]).toEqual([[], []]);
    await closeAll(bridges);
  });

  it("may be destroyed several times at once: all are told ok", async () => {
    const bridges = await serve(2);
    const group = sdk(await broker.connect(), broker.station());
    await group.declare("1");
    const first = group.destroy("1");
    await expect.poll(() => group.keys().then((keys) => keys.length)).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await Promise.all([first, group.destroy("1")])).toEqual(["", ""]);
    expect(await group.destroy("1")).toMatch(/does not exist/);
    await closeAll(bridges);
  });
});

describe("many groups", () => {
  it("end at once: none waits for the others", async () => {
    const connection = await broker.connect();
    const bridge = await serveMemphis(await broker.connect(), { maxConcurrentRequests: 1 });
    const groups = Array.from({ length: 12 }, () => sdk(connection, broker.station()));
    await Promise.all(groups.map((group) => group.declare("1")));
    const startedAt = performance.now();
    const answers = await Promise.all(groups.map((group) => group.destroy("1")));
    expect(answers).toEqual(groups.map(() => ""));
    expect(performance.now() - startedAt).toBeLessThan(groups.length * 500);
    await bridge.close();
  });
});

describe("a bridge that dies while it ends a group", () => {
  it.each(["declared", "destroyed"])("is done by the one that is asked next: a consumer is %s", async (what) => {
    const connection = await broker.connect();
    const name = parseStationName(broker.station());
    const bridges = await serve(1);
    const group = sdk(connection, name);
    await group.declare("1");
    const [station, state] = [
      await createStationAdmin(connection).describe(name),
      await BridgeState.open(connection, 1),
    ];
    // As it is left by a bridge that dies after its first step.
    const place = { station, group: parseConsumerGroupName("g.1") };
    await state.groups.remove(place, { consumer: "c", connectionId: "1" }, "dead");
    const created = await connection.jetStream.request<{ created: string }>(`CONSUMER.INFO.${name}$1.g#1`);
    expect(what === "declared" ? await group.declare("2") : await group.destroy("1")).toBe("");
    if (what === "declared") {
      const now = await connection.jetStream.request<{ created: string }>(`CONSUMER.INFO.${name}$1.g#1`);
      expect(now.created).not.toBe(created.created);
      expect(await state.groups.isAnybodyIn(place)).toBe(true);
    } else {
      expect([await group.durables(), await group.keys()]).toEqual([[], []]);
    }
    await closeAll(bridges);
  });
});

describe("a group whose last SDK is destroyed", () => {
  it.each([
    ["waits for messages", 30_000_000_000, 0],
    ["has messages in hand", 1_000_000_000, 1],
  ])("keeps its place while somebody whom bridges do not know %s", async (_, expires, messages) => {
    const bridges = await serve(1);
    const [connection, other] = [await broker.connect(), await broker.connect()];
    const name = broker.station();
    const group = sdk(connection, name);
    await group.declare("1");
    for (let i = 0; i < messages; i++) await connection.request(`${name}$1.final`, "m");
    const received: unknown[] = [];
    other.natsConnection.subscribe("_INBOX.reader", { callback: (_error, message) => void received.push(message) });
    const pull = JSON.stringify({ batch: 1, expires });
    other.natsConnection.publish(`$JS.API.CONSUMER.MSG.NEXT.${name}$1.g#1`, pull, { reply: "_INBOX.reader" });
    await other.natsConnection.flush();
    await expect.poll(() => received.length).toBe(messages);
    expect(await group.destroy("1")).toBe("");
    expect([await group.durables(), await group.keys()]).toEqual([["g#1"], []]);
    await closeAll(bridges);
  });

  it("loses it although its own last requests for messages were on the way", async () => {
    const bridges = await serve(1);
    const connection = await broker.connect();
    const name = broker.station();
    const group = sdk(connection, name);
    await group.declare("1");
    connection.natsConnection.subscribe("_INBOX.last", { callback: () => undefined });
    const pull = JSON.stringify({ batch: 1, expires: 100_000_000 });
    connection.natsConnection.publish(`$JS.API.CONSUMER.MSG.NEXT.${name}$1.g#1`, pull, { reply: "_INBOX.last" });
    expect(await group.destroy("1")).toBe("");
    expect(await group.durables()).toEqual([]);
    await closeAll(bridges);
  });

  it("keeps its place when somebody says that he is in it", async () => {
    const bridges = await serve(2);
    const [connection, member] = [await broker.connect(), await broker.connect()];
    const name = parseStationName(broker.station());
    const group = sdk(connection, name);
    await group.declare("1");
    const subject = groupMembersSubject(name, parseConsumerGroupName("g.1"));
    member.natsConnection.subscribe(subject, { callback: (_error, message) => void message.respond() });
    await member.natsConnection.flush();
    expect(await group.destroy("1")).toBe("");
    expect([await group.durables(), await group.keys()]).toEqual([["g#1"], []]);
    await closeAll(bridges);
  });
});

describe("a bridge that is asked who is in a group", () => {
  it("answers for the SDKs that are declared, and says nothing of others", async () => {
    const bridges = await serve(2);
    const connection = await broker.connect();
    const name = parseStationName(broker.station());
    const group = sdk(connection, name);
    const ask = (groupName: string): Promise<Uint8Array> =>
      connection.request(groupMembersSubject(name, parseConsumerGroupName(groupName)), "", { timeoutMs: 1_000 });
    expect((await rejection(ask("g.1"))).name).toBe("RequestTimeoutError");
    await group.declare("1");
    expect(await ask("g.1")).toHaveLength(0);
    expect((await rejection(ask("other"))).name).toBe("RequestTimeoutError");
    // A station of the same name is another one.
    const admin = createStationAdmin(connection);
    await admin.destroy(name);
    await admin.create({ name });
    expect((await rejection(ask("g.1"))).name).toBe("RequestTimeoutError");
    await closeAll(bridges);
  });
});
