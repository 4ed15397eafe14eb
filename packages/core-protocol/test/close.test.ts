import { connect as connectNats } from "@nats-io/transport-node";
import { startNats } from "@stationkit/embedded-nats";
import { describe, expect, it, vi } from "vitest";
import { connect } from "../src/index.js";
import { expectNoClients, failOnUnhandledRejections } from "./support/broker.js";
import { watchStatus } from "./support/watch-status.js";

failOnUnhandledRejections();

async function timed(work: Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work;
  return performance.now() - started;
}

describe("close()", () => {
  it("delivers what was published before it", async () => {
    await using server = await startNats();
    await using reader = await connect({ servers: server.url });
    const subscription = reader.natsConnection.subscribe("orders", { max: 1_000 });
    await reader.natsConnection.flush();
    const connection = await connect({ servers: server.url });
    for (let i = 0; i < 1_000; i++) connection.natsConnection.publish("orders", String(i));
    await connection.close();
    let received = 0;
    for await (const message of subscription) expect(message.string()).toBe(String(received++));
    expect(received).toBe(1_000);
    await reader.close();
    await expectNoClients(server);
  });

  it("lets registered work finish first, on an open connection, and ignores its failures", async () => {
    await using server = await startNats();
    const connection = await connect({ servers: server.url });
    const order: string[] = [];
    connection.on("status", ({ type }) => order.push(type));
    connection.beforeClose(async () => {
      expect(connection.state).toBe("connected");
      await connection.jetStream.request("INFO");
      order.push("flushed");
    });
    connection.beforeClose(() => Promise.reject(new Error("could not flush")));
    connection.beforeClose(() => {
      throw new Error("not even async");
    });
    const takeBack = connection.beforeClose(() => {
      order.push("never");
      return Promise.resolve();
    });
    takeBack();
    await connection.close();
    expect(order).toEqual(["flushed", "closed"]);
    await expectNoClients(server);
  });

  it("does its work once, however often it is called", async () => {
    await using server = await startNats();
    const connection = await connect({ servers: server.url });
    const work = vi.fn(() => Promise.resolve());
    connection.beforeClose(work);
    const log = watchStatus(connection);
    const first = connection.close();
    expect(connection.close()).toBe(first);
    expect(connection[Symbol.asyncDispose]()).toBe(first);
    await first;
    await connection.close();
    expect(work).toHaveBeenCalledTimes(1);
    expect(log.types).toEqual(["closed"]);
    expect(connection.state).toBe("closed");
    await expectNoClients(server);
  });

  it("happens at the end of an `await using` block", async () => {
    await using server = await startNats();
    let closed = false;
    {
      await using connection = await connect({ servers: server.url });
      connection.on("status", ({ type }) => (closed = type === "closed"));
    }
    expect(closed).toBe(true);
    await expectNoClients(server);
  });

  it("waits closeTimeoutMs for work that never ends, and then closes", async () => {
    await using server = await startNats();
    const connection = await connect({ servers: server.url, closeTimeoutMs: 200 });
    connection.beforeClose(() => new Promise(() => undefined));
    const elapsedMs = await timed(connection.close());
    expect(elapsedMs).toBeGreaterThan(150);
    expect(elapsedMs).toBeLessThan(3_000);
    expect(connection.state).toBe("closed");
    await expectNoClients(server);
  });

  it("is bounded by closeTimeoutMs when the server has stopped answering", async () => {
    await using server = await startNats();
    const connection = await connect({ servers: server.url, closeTimeoutMs: 300 });
    const log = watchStatus(connection);
    server.pause();
    // On a busy machine the signal takes some milliseconds, in which the server could still answer.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const elapsedMs = await timed(connection.close());
    expect(elapsedMs).toBeGreaterThan(250);
    expect(elapsedMs).toBeLessThan(3_000);
    expect(log.types).toEqual(["closed"]);
    server.resume();
    await expectNoClients(server);
  });

  it("does not wait for a server that is gone", async () => {
    await using server = await startNats();
    const connection = await connect({ servers: server.url, reconnectDelayMs: 50 });
    const log = watchStatus(connection);
    await server.kill();
    await log.waitFor("reconnecting");
    expect(await timed(connection.close())).toBeLessThan(3_000);
    expect(log.types.at(-1)).toBe("closed");
    expect(log.types.filter((type) => type === "closed")).toHaveLength(1);
    // Nobody comes back for a connection that is closed.
    await server.restart();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expectNoClients(server);
  });

  it("calls off a reconnect that is under way", async () => {
    await using server = await startNats();
    const connection = await connect({ servers: server.url, pingIntervalMs: 50, reconnectDelayMs: 10 });
    const log = watchStatus(connection);
    server.pause();
    // The kernel accepts the new socket, and the server says nothing on it.
    await log.waitFor("reconnecting");
    expect(await timed(connection.close())).toBeLessThan(3_000);
    server.resume();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(log.types.filter((type) => type === "reconnected")).toEqual([]);
    expect(log.types.at(-1)).toBe("closed");
    await expectNoClients(server);
  });

  it("rejects requests that are under way, and all later ones", async () => {
    await using server = await startNats();
    const connection = await connect({ servers: server.url, closeTimeoutMs: 200 });
    connection.natsConnection.subscribe("silence");
    const pending = expect(connection.request("silence", "")).rejects.toMatchObject({
      code: "SK_CONNECTION_CLOSED",
      outcome: "unknown",
    });
    await connection.natsConnection.flush();
    await connection.close();
    await pending;
    await expect(connection.request("silence", "")).rejects.toMatchObject({
      code: "SK_CONNECTION_CLOSED",
      outcome: "not-sent",
    });
    await expectNoClients(server);
  });
});

describe("close() with a brought connection", () => {
  it("tells `closed` once, and nothing afterwards", async () => {
    await using server = await startNats();
    const natsConnection = await connectNats({ servers: server.url, reconnectTimeWait: 20, maxReconnectAttempts: -1 });
    const connection = await connect({ natsConnection });
    const log = watchStatus(connection);
    await connection.close();
    await connection.close();
    expect(connection.state).toBe("closed");
    await server.kill();
    await server.restart();
    await vi.waitFor(() => natsConnection.flush(), { timeout: 20_000 });
    await natsConnection.close();
    expect(log.types).toEqual(["closed"]);
    await expectNoClients(server);
  });

  it("leaves no listener behind on it", async () => {
    await using server = await startNats();
    const natsConnection = await connectNats({ servers: server.url });
    for (let i = 0; i < 10; i++) await (await connect({ natsConnection })).close();
    const { listeners } = (natsConnection as unknown as { protocol: { listeners: unknown[] } }).protocol;
    await vi.waitFor(() => {
      expect(listeners).toEqual([]);
    }, 20_000);
    await natsConnection.close();
    await expectNoClients(server);
  });

  it("tells `closed` when the owner closes it, and once only", async () => {
    await using server = await startNats();
    const natsConnection = await connectNats({ servers: server.url });
    const connection = await connect({ natsConnection });
    const log = watchStatus(connection);
    await natsConnection.close();
    await log.waitFor("closed");
    expect(connection.state).toBe("closed");
    await connection.close();
    expect(log.statuses).toEqual([{ type: "closed" }]);
    await expectNoClients(server);
  });
});
