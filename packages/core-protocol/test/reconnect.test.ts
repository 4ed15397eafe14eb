import { startCluster, startNats } from "@stationkit/embedded-nats";
import { describe, expect, it, vi } from "vitest";
import { connect } from "../src/index.js";
import { expectNoClients, failOnUnhandledRejections } from "./support/broker.js";
import { watchStatus } from "./support/watch-status.js";

failOnUnhandledRejections();

describe("a connection whose server is killed", () => {
  it("comes back as often as the server does, and tells each step in order", async () => {
    await using server = await startNats();
    await using connection = await connect({ servers: server.url, reconnectDelayMs: 20 });
    const log = watchStatus(connection);
    for (let round = 1; round <= 2; round++) {
      await server.kill();
      await vi.waitFor(() => {
        expect(connection.state).toBe("reconnecting");
      }, 20_000);
      // What the server was is still known.
      expect(connection.server.version).toBe(server.version);
      await server.restart();
      await vi.waitFor(
        () => {
          expect(log.types.filter((type) => type === "reconnected")).toHaveLength(round);
        },
        { timeout: 20_000 },
      );
      expect(connection.state).toBe("connected");
      await connection.jetStream.request("INFO");
    }
    await connection.close();

    // Every try is told; one is as good as many.
    const steps = log.types.filter((type, i) => type !== "reconnecting" || log.types[i - 1] !== "reconnecting");
    const round = ["disconnected", "reconnecting", "reconnected"];
    expect(steps).toEqual([...round, ...round, "closed"]);
    expect(log.states).toContain("reconnecting: reconnecting");
    expect(log.states).toContain("reconnected: connected");
    expect(log.states.at(-1)).toBe("closed: closed");
    expect(log.statuses.at(-1)).toEqual({ type: "closed" });
    await expectNoClients(server);
  });

  it("ends with an error after maxReconnectAttempts", async () => {
    await using server = await startNats();
    await using connection = await connect({ servers: server.url, reconnectDelayMs: 20, maxReconnectAttempts: 2 });
    const log = watchStatus(connection);
    await server.kill();
    await log.waitFor("closed");
    expect(connection.state).toBe("closed");
    expect(log.statuses.at(-1)).toMatchObject({
      type: "closed",
      error: { code: "SK_CONNECTION_FAILED", servers: [`127.0.0.1:${server.port}`] },
    });
    await expect(connection.request("a", "")).rejects.toMatchObject({ code: "SK_CONNECTION_CLOSED" });
    await connection.close();
    expect(log.types.filter((type) => type === "closed")).toHaveLength(1);
  });

  it.each(["SIGKILL", "SIGTERM"] as const)("ends with an error after %s when reconnecting is off", async (signal) => {
    await using server = await startNats();
    await using connection = await connect({ servers: server.url, reconnect: false });
    const log = watchStatus(connection);
    await server.kill(signal);
    await log.waitFor("closed");
    expect(log.types.filter((type) => type !== "error")).toEqual(["disconnected", "closed"]);
    expect(log.statuses.at(-1)).toMatchObject({ type: "closed", error: { retryable: true } });
    await connection.close();
  });
});

describe("a connection whose server goes silent", () => {
  it("is given up after two unanswered pings, and made again", async () => {
    await using server = await startNats();
    await using connection = await connect({
      ...{ servers: server.url, pingIntervalMs: 100, reconnectDelayMs: 20, connectTimeoutMs: 1_000 },
    });
    const log = watchStatus(connection);
    server.pause();
    await log.waitFor("stale");
    await log.waitFor("disconnected");
    server.resume();
    await log.waitFor("reconnected");
    await connection.jetStream.request("INFO");
    await connection.close();
    await expectNoClients(server);
  });
});

describe("a server in lame-duck mode", () => {
  const configText = 'lame_duck_duration: "30s"\nlame_duck_grace_period: "1s"';

  it("is told, and left for another one of the cluster", async () => {
    await using cluster = await startCluster({ configText });
    await using connection = await connect({ servers: cluster.urls, reconnectDelayMs: 20, name: "mover" });
    const log = watchStatus(connection);
    expect(connection.server.cluster).toBe("embedded");
    const before = connection.server;
    cluster.servers.find(({ name }) => name === before.name)!.lameDuck();
    await log.waitFor("reconnected");
    expect(log.types.indexOf("lame-duck")).toBeLessThan(log.types.indexOf("disconnected"));
    expect(connection.server.name).not.toBe(before.name);
    expect(connection.server.address).not.toBe(before.address);
    await connection.jetStream.request("INFO");
    await connection.close();
    for (const server of cluster.servers) {
      if (server.name !== before.name) await expectNoClients(server);
    }
  });

  it("is told before it ends", async () => {
    await using server = await startNats({ configText });
    await using connection = await connect({ servers: server.url, reconnectDelayMs: 20 });
    const log = watchStatus(connection);
    server.lameDuck();
    await log.waitFor("lame-duck");
    expect(log.statuses[0]).toEqual({ type: "lame-duck", server: `127.0.0.1:${server.port}` });
    expect(connection.state).toBe("connected");
    await connection.close();
  });
});

describe("errors of the server", () => {
  it("are told, and do not end the connection", async () => {
    const permissions = { publish: { deny: ["secret.>"] } };
    const users = [{ user: "a", password: "a", permissions }];
    await using server = await startNats({ config: { authorization: { users } } });
    await using connection = await connect({ servers: server.url, username: "a", password: "a" });
    const log = watchStatus(connection);
    connection.natsConnection.publish("secret.x");
    await log.waitFor("error");
    expect(log.statuses).toMatchObject([
      { type: "error", error: { code: "SK_PERMISSION_DENIED", subject: "secret.x" } },
    ]);
    expect(connection.state).toBe("connected");
    await connection.close();
    await expectNoClients(server);
  });
});
