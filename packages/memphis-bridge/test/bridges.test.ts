import {
  type Connection,
  connect,
  parseConsumerGroupName,
  parseStationName,
  RequestTimeoutError,
  StationUnavailableError,
} from "@stationkit/core-protocol";
import {
  CONTROL_SUBJECT,
  decodeProducerCreationReply,
  encodeConsumerCreation,
  encodeConsumerDestruction,
  encodeNackedDls,
  encodeProducerCreation,
  encodeStationCreation,
  encodeStationDestruction,
  type ProducerCreationReply,
} from "@stationkit/core-protocol/control";
import { startNats } from "@stationkit/embedded-nats";
import { createStationAdmin, type DeadLetter } from "@stationkit/station-admin";
import { expectNoClients, rejection, useBroker } from "@stationkit/test-kit/vitest";
import { describe, expect, it, vi } from "vitest";
import { type BridgeOptions, type MemphisBridge, serveMemphis } from "../src/index.js";
import type { BridgeContext } from "../src/context.js";
import { forgetUnmade } from "../src/requests/forget-unmade.js";
import { stationDestructions } from "../src/requests/station-requests.js";
import { BridgeState } from "../src/state/bridge-state.js";

const broker = useBroker();
const WAIT = { timeout: 20_000, interval: 20 };

async function makeStation(connection: Connection, name: string): Promise<string> {
  const request = encodeStationCreation({ stationName: name, username: "root" });
  const answer = await connection.request(CONTROL_SUBJECT.stationCreations, request, { timeoutMs: 20_000 });
  return Buffer.from(answer).toString();
}

async function declare(connection: Connection, stationName: string): Promise<ProducerCreationReply> {
  const request = encodeProducerCreation({
    ...{ stationName, producerName: "p", connectionId: "id", username: "root", appId: "a" },
  });
  return decodeProducerCreationReply(
    await connection.request(CONTROL_SUBJECT.producerCreations, request, { timeoutMs: 20_000 }),
  );
}

async function letters(connection: Connection, station: string): Promise<DeadLetter[]> {
  const list: DeadLetter[] = [];
  for await (const letter of createStationAdmin(connection).deadLetters(station).list()) list.push(letter);
  return list;
}

describe("several bridges", () => {
  it("share the requests: one answers each", async () => {
    const connection = await broker.connect();
    const answered: string[] = [];
    const bridges: MemphisBridge[] = [];
    for (const id of ["a", "b", "c"]) {
      const bridge = await serveMemphis(await broker.connect());
      bridge.on("request-answered", () => answered.push(id));
      bridges.push(bridge);
    }
    const names = Array.from({ length: 30 }, () => broker.station());
    expect(await Promise.all(names.map((name) => makeStation(connection, name)))).toEqual(names.map(() => ""));
    await Promise.all(bridges.map((bridge) => bridge.close()));
    expect(answered).toHaveLength(names.length);
    expect(new Set(answered).size).toBeGreaterThan(1);
  });

  it("start at the same time on a new server", async () => {
    await using server = await startNats();
    const connections = await Promise.all(Array.from({ length: 4 }, () => connect({ servers: server.url })));
    await Promise.all(connections.map((connection) => serveMemphis(connection)));
    expect(await makeStation(connections[0]!, "s")).toBe("");
    await Promise.all(connections.map((connection) => connection.close()));
    await expectNoClients(server);
  });
});

describe("the consumers of a group, declared and destroyed through several bridges at once", () => {
  it("are all counted: the group's place goes with the last one", async () => {
    const connection = await broker.connect();
    const bridges = await Promise.all([1, 2, 3].map(async () => serveMemphis(await broker.connect())));
    const stationName = broker.station();
    const consumers = Array.from({ length: 24 }, (_, i) => ({
      connectionId: `id-${i}`,
      username: "root",
      stationName,
    }));
    const ask = async (subject: string, payload: Uint8Array): Promise<string> =>
      Buffer.from(await connection.request(subject, payload, { timeoutMs: 20_000 })).toString();
    const info = (): Promise<object> => connection.jetStream.request(`CONSUMER.INFO.${stationName}$1.g`);
    await Promise.all(
      consumers.map((one) => {
        const creation = encodeConsumerCreation({ ...one, consumerName: "c", consumerGroup: "g", appId: "a" });
        return ask(CONTROL_SUBJECT.consumerCreations, creation);
      }),
    );
    const destroy = async (some: typeof consumers): Promise<string[]> =>
      Promise.all(
        some.map((one) => ask(CONTROL_SUBJECT.consumerDestructions, encodeConsumerDestruction({ ...one, name: "c" }))),
      );
    expect(new Set(await destroy(consumers.slice(1)))).toEqual(new Set([""]));
    await info();
    expect(await destroy(consumers.slice(0, 1))).toEqual([""]);
    expect((await rejection(info())).message).toMatch(/consumer not found/);
    await Promise.all(bridges.map((bridge) => bridge.close()));
  });
});

describe("a bridge that ends", () => {
  it("answers what it has, and then nothing more", async () => {
    const connection = await broker.connect();
    const bridge = await serveMemphis(await broker.connect());
    const names = Array.from({ length: 20 }, () => broker.station());
    const answers = names.map((name) => makeStation(connection, name));
    await connection.natsConnection.flush();
    await bridge.close();
    expect(await Promise.all(answers)).toEqual(names.map(() => ""));
    expect((await rejection(makeStation(connection, broker.station()))).message).toMatch(/nobody answers/);
    await bridge.close();
  });

  it("ends with its connection", async () => {
    const connection = await broker.connect();
    const own = await broker.connect();
    await serveMemphis(own);
    await own.close();
    await rejection(makeStation(connection, broker.station()));
  });

  it("leaves what nobody answers to the next one: events wait, also when no bridge runs", async () => {
    const connection = await broker.connect();
    const name = broker.station();
    const first = await serveMemphis(await broker.connect());
    await makeStation(connection, name);
    await connection.request(`${name}$1.final`, "m");
    await first.close();
    const event = { station: parseStationName(name), error: "no", groupName: "g", sequence: 1, partition: 1 };
    connection.natsConnection.publish(CONTROL_SUBJECT.nackedDls, encodeNackedDls(event));
    await connection.natsConnection.flush();
    const second = await serveMemphis(await broker.connect());
    await vi.waitFor(async () => {
      expect(await letters(connection, name)).toMatchObject([{ reason: "no", group: "g", sequence: 1 }]);
    }, WAIT);
    await second.close();
  });

  it("had written down what a station shall have before it made it, for the one that goes on", async () => {
    const connection = await broker.connect();
    const [admin, name] = [createStationAdmin(connection), broker.station()];
    // As a bridge leaves it that dies right after it has made the station.
    const state = await BridgeState.open(connection, undefined);
    await state.announceStation(parseStationName(name), {
      dls: { poison: true, schemaverse: false },
      schema: undefined,
    });
    await admin.create({ name });
    const bridge = await serveMemphis(await broker.connect());
    expect(await makeStation(connection, name)).toBe("");
    expect((await declare(connection, name)).schemaverseToDls).toBe(false);
    // A station of the same name that is made later by other means does not inherit it.
    await admin.destroy(name);
    await admin.create({ name });
    expect((await declare(connection, name)).schemaverseToDls).toBe(true);
    await bridge.close();
  });

  it("loses nothing that it had in hand when it died", { timeout: 100_000 }, async () => {
    const connection = await broker.connect();
    const name = broker.station();
    const doomed = await broker.connect();
    await serveMemphis(doomed);
    await makeStation(connection, name);
    for (let i = 0; i < 50; i++) await connection.request(`${name}$1.final`, `m${i}`);
    for (let sequence = 1; sequence <= 50; sequence++) {
      const event = { station: parseStationName(name), error: "no", groupName: "g", sequence, partition: 1 };
      connection.natsConnection.publish(CONTROL_SUBJECT.nackedDls, encodeNackedDls(event));
      if (sequence === 25) await doomed.natsConnection.close();
    }
    const next = await serveMemphis(await broker.connect());
    // What was on its way to the dead one comes when the server has waited for it long enough.
    await vi.waitFor(
      async () => {
        const kept = (await letters(connection, name)).map(({ sequence }) => sequence);
        expect(kept.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
      },
      { timeout: 80_000, interval: 200 },
    );
    await next.close();
  });
});

describe("an event that is nonsense", () => {
  it("is told to whoever runs the bridge, once, and stops nothing", async () => {
    const connection = await broker.connect();
    const bridge = await serveMemphis(await broker.connect());
    const failed = vi.fn();
    bridge.on("failed", failed);
    connection.natsConnection.publish(CONTROL_SUBJECT.nackedDls, "nonsense");
    connection.natsConnection.publish(CONTROL_SUBJECT.pmAcks, '{"id":7,"cg_name":"g"}');
    const acknowledged = vi.fn();
    bridge.on("resend-acknowledged", acknowledged);
    await vi.waitFor(() => {
      expect(failed).toHaveBeenCalledTimes(1);
      expect(acknowledged.mock.calls).toEqual([[{ id: 7, groupName: "g" }]]);
    }, WAIT);
    expect(failed.mock.calls[0]![1]).toMatchObject({ kind: "nacked", again: false });
    await bridge.close();
  });
});

describe("an event that cannot be dealt with now", () => {
  async function bridgeOfOneStation() {
    const connection = await broker.connect();
    const name = broker.station();
    const bridge = await serveMemphis(await broker.connect());
    const failed = vi.fn();
    bridge.on("failed", failed);
    await makeStation(connection, name);
    return { connection, name, bridge, failed };
  }

  it("is dealt with when what was in its way is gone", async () => {
    const { connection, name, bridge, failed } = await bridgeOfOneStation();
    await connection.request(`${name}$1.final`, "m");
    const stream = `${name}#dls$1`;
    await connection.jetStream.request(`STREAM.CREATE.${stream}`, { name: stream, subjects: [`${stream}.other`] });
    const event = { station: parseStationName(name), error: "no", groupName: "g", sequence: 1, partition: 1 };
    connection.natsConnection.publish(CONTROL_SUBJECT.nackedDls, encodeNackedDls(event));
    await vi.waitFor(() => {
      expect(failed).toHaveBeenCalled();
    }, WAIT);
    expect(failed.mock.calls[0]![0]).toMatchObject({ name: "StationConflictError" });
    expect(failed.mock.calls[0]![1]).toMatchObject({ kind: "nacked", again: true });
    await connection.jetStream.request(`STREAM.DELETE.${stream}`);
    await vi.waitFor(async () => {
      expect(await letters(connection, name)).toHaveLength(1);
    }, WAIT);
    await bridge.close();
  });

  it.each([
    ["an advisory that is none", "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.x.y", () => "nonsense", /is not JSON/],
    [
      "a sequence that there cannot be",
      CONTROL_SUBJECT.nackedDls,
      (name: string) => ({ station_name: name, error: "no", cg_name: "g", seq: 0, partition: 1 }),
      /"seq" must be at least 1/,
    ],
    [
      "a partition that is not there",
      CONTROL_SUBJECT.nackedDls,
      (name: string) => ({ station_name: name, error: "no", cg_name: "g", seq: 1, partition: 7 }),
      /does not exist/,
    ],
    [
      "a sequence far beyond the last one",
      CONTROL_SUBJECT.nackedDls,
      (name: string) => ({ station_name: name, error: "no", cg_name: "g", seq: Number.MAX_SAFE_INTEGER, partition: 1 }),
      /is gone/,
    ],
  ])("is given up at once: %s", async (_, subject, payload, message) => {
    const { connection, name, bridge, failed } = await bridgeOfOneStation();
    const content = payload(name);
    connection.natsConnection.publish(subject, typeof content === "string" ? content : JSON.stringify(content));
    await vi.waitFor(() => {
      expect(failed).toHaveBeenCalledTimes(1);
    }, WAIT);
    expect((failed.mock.calls[0]![0] as Error).message).toMatch(message);
    expect(failed.mock.calls[0]![1]).toMatchObject({ again: false });
    await bridge.close();
  });

  it("is given up when what it is about is gone", async () => {
    const { connection, name, bridge, failed } = await bridgeOfOneStation();
    const event = { station: parseStationName(name), error: "no", groupName: "g", sequence: 1, partition: 1 };
    connection.natsConnection.publish(CONTROL_SUBJECT.nackedDls, encodeNackedDls(event));
    const elsewhere = { ...event, station: parseStationName(broker.station()) };
    connection.natsConnection.publish(CONTROL_SUBJECT.nackedDls, encodeNackedDls(elsewhere));
    await vi.waitFor(() => {
      expect(failed).toHaveBeenCalledTimes(2);
    }, WAIT);
    const texts = failed.mock.calls.map(([error]) => (error as Error).message).sort();
    expect(texts[0]).toMatch(/is gone/);
    expect(texts[1]).toMatch(/does not exist/);
    for (const [, refused] of failed.mock.calls) expect(refused).toMatchObject({ again: false });
    await bridge.close();
  });
});

describe("what a bridge knows of a station", () => {
  const dls = { poison: false, schemaverse: false };
  const ask = async (connection: Connection, subject: string, payload: Uint8Array): Promise<string> =>
    Buffer.from(await connection.request(subject, payload, { timeoutMs: 20_000 })).toString();

  it("stays with one that was made anew while the one before it was being destroyed", async () => {
    const connection = await broker.connect();
    const name = parseStationName(broker.station());
    const bridge = await serveMemphis(await broker.connect());
    const admin = createStationAdmin(connection);
    const state = await BridgeState.open(connection, undefined);
    await makeStation(connection, name);
    // A bridge that is slow: before it can go on, another one has made the station anew.
    const destroy = async (): Promise<void> => {
      await admin.destroy(name);
      const request = { stationName: name, username: "root", dlsConfiguration: dls };
      expect(await ask(connection, CONTROL_SUBJECT.stationCreations, encodeStationCreation(request))).toBe("");
      const consumer = { stationName: name, consumerName: "c", connectionId: "1", username: "root", appId: "a" };
      await ask(connection, CONTROL_SUBJECT.consumerCreations, encodeConsumerCreation(consumer));
    };
    const context = { connection, state, admin: { ...admin, destroy } } as Partial<BridgeContext> as BridgeContext;
    const destruction = encodeStationDestruction({ stationName: name, username: "root" });
    await stationDestructions.answer(context, destruction);
    const station = await admin.describe(name);
    const place = { station, group: parseConsumerGroupName("c") };
    expect((await state.station(station)).dls).toEqual(dls);
    expect(await state.groups.isAnybodyIn(place)).toBe(true);
    await stationDestructions.answer({ ...context, admin }, destruction);
    expect((await state.station(station)).dls).toEqual({ poison: true, schemaverse: true });
    expect(await state.groups.isAnybodyIn(place)).toBe(false);
    await bridge.close();
  });

  it("is nothing when its creation was refused, also by what was never sent", async () => {
    const connection = await broker.connect();
    const bridge = await serveMemphis(await broker.connect());
    const [admin, name] = [createStationAdmin(connection), broker.station()];
    const request = { stationName: name, username: "root", dlsConfiguration: dls };
    const refused = encodeStationCreation({ ...request, retentionValue: 1e12 });
    const refusal = await ask(connection, CONTROL_SUBJECT.stationCreations, refused);
    expect(refusal).toMatch(/retention.maxAgeMs/);
    await admin.create({ name });
    expect((await declare(connection, name)).schemaverseToDls).toBe(true);
    await bridge.close();
  });

  it.each([
    ["stays when the station is there: it may be completed", true],
    ["goes when it is not", false],
  ])("after a refusal %s", async (_, isThere) => {
    const connection = await broker.connect();
    const name = parseStationName(broker.station());
    const admin = createStationAdmin(connection);
    const state = await BridgeState.open(connection, undefined);
    await state.announceStation(name, { dls, schema: undefined });
    if (isThere) await admin.create({ name });
    const context = { connection, admin, state } as BridgeContext;
    await forgetUnmade(context, name, new StationUnavailableError("not completed in time", name));
    const station = await admin.ensure({ name });
    expect((await state.station(station)).dls.schemaverse).toBe(!isThere);
  });

  it("stays when it is not known what became of its creation", async () => {
    const connection = await broker.connect();
    const name = parseStationName(broker.station());
    const [admin, state] = [createStationAdmin(connection), await BridgeState.open(connection, undefined)];
    await state.announceStation(name, { dls, schema: undefined });
    await forgetUnmade({ connection, admin, state } as BridgeContext, name, new RequestTimeoutError("s", 1));
    expect((await state.station(await admin.create({ name }))).dls).toEqual(dls);
  });
});

describe("options of serveMemphis", () => {
  it.each([
    [{ replica: 3 }, /unknown option replica/],
    [{ replicas: 0 }, /replicas/],
    [{ sendNotifications: 1 }, /sendNotifications/],
    [{ newSchemaVersions: "maybe" }, /newSchemaVersions/],
    [{ maxConcurrentRequests: 0 }, /maxConcurrentRequests/],
    [{ requestTimeoutMs: Number.NaN }, /requestTimeoutMs/],
    [{ inboxPrefixes: [] }, /inboxPrefixes/],
    [{ inboxPrefixes: "_INBOX" }, /inboxPrefixes/],
    [{ inboxPrefixes: ["$JS.>"] }, /inboxPrefixes/],
    [{ inboxPrefixes: ["_INBOX."] }, /inboxPrefixes/],
  ])("that cannot be right are refused: %o", async (options, message) => {
    const connection = await broker.connect();
    const error = await rejection(serveMemphis(connection, options as BridgeOptions));
    expect(error.name).toBe("UsageError");
    expect(error.message).toMatch(message);
  });

  it("need a login that may listen to requests", async () => {
    const permissions = { subscribe: { deny: ["$memphis_schema_creations"] } };
    await using server = await startNats({
      config: { authorization: { users: [{ user: "u", password: "p", permissions }] } },
    });
    await using connection = await connect({ servers: server.url, username: "u", password: "p" });
    const error = await rejection(serveMemphis(connection));
    expect(error).toMatchObject({ name: "PermissionDeniedError", subject: "$memphis_schema_creations" });
  });

  it("need a connection", async () => {
    expect((await rejection(serveMemphis({} as Connection))).name).toBe("UsageError");
  });
});
