import { type Connection, connect, parseStationName } from "@stationkit/core-protocol";
import { CONTROL_SUBJECT, encodeNackedDls, encodeStationCreation } from "@stationkit/core-protocol/control";
import { startNats } from "@stationkit/embedded-nats";
import { createStationAdmin, type DeadLetter } from "@stationkit/station-admin";
import { expectNoClients, rejection, useBroker } from "@stationkit/test-kit/vitest";
import { describe, expect, it, vi } from "vitest";
import { type BridgeOptions, type MemphisBridge, serveMemphis } from "../src/index.js";

const broker = useBroker();
const WAIT = { timeout: 20_000, interval: 20 };

async function makeStation(connection: Connection, name: string): Promise<string> {
  const request = encodeStationCreation({ stationName: name, username: "root" });
  const answer = await connection.request(CONTROL_SUBJECT.stationCreations, request, { timeoutMs: 20_000 });
  return Buffer.from(answer).toString();
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

describe("options of serveMemphis", () => {
  it.each([
    [{ replica: 3 }, /unknown option replica/],
    [{ replicas: 0 }, /replicas/],
    [{ sendNotifications: 1 }, /sendNotifications/],
    [{ newSchemaVersions: "maybe" }, /newSchemaVersions/],
    [{ maxConcurrentRequests: 0 }, /maxConcurrentRequests/],
    [{ requestTimeoutMs: Number.NaN }, /requestTimeoutMs/],
  ])("that cannot be right are refused: %o", async (options, message) => {
    const connection = await broker.connect();
    const error = await rejection(serveMemphis(connection, options as BridgeOptions));
    expect(error.name).toBe("UsageError");
    expect(error.message).toMatch(message);
  });

  it("need a connection", async () => {
    expect((await rejection(serveMemphis({} as Connection))).name).toBe("UsageError");
  });
});
