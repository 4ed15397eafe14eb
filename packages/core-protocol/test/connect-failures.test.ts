import { connect as connectNats } from "@nats-io/transport-node";
import { startNats } from "@stationkit/embedded-nats";
import { describe, expect, it, vi } from "vitest";
import { connect, type ConnectOptions } from "../src/index.js";
import { expectNoClients, failOnUnhandledRejections, rejection } from "./support/broker.js";
import { deadAddress, startTcpServer } from "./support/tcp-server.js";

failOnUnhandledRejections();

async function timed(options: ConnectOptions): Promise<{ error: Error; elapsedMs: number }> {
  const started = performance.now();
  const error = await rejection(connect(options));
  return { error, elapsedMs: performance.now() - started };
}

const info = (fields: object): string =>
  `INFO ${JSON.stringify({ server_id: "x", server_name: "x", headers: true, max_payload: 1_048_576, proto: 1, ...fields })}\r\n`;

describe("connect, when no server can be reached,", () => {
  it("fails at once and names the address", async () => {
    const servers = await deadAddress();
    const { error, elapsedMs } = await timed({ servers });
    expect(error).toMatchObject({ code: "SK_CONNECTION_FAILED", servers: [servers], retryable: true });
    expect(error.message).toContain(servers);
    expect(error.message).toContain("ECONNREFUSED");
    expect(elapsedMs).toBeLessThan(2_000);
  });

  it("names all addresses, without the login", async () => {
    const [a, b] = [await deadAddress(), await deadAddress()];
    const { error } = await timed({ servers: [`nats://user:s3cret@${a}`, b] });
    expect(error).toMatchObject({ code: "SK_CONNECTION_FAILED", servers: [a, b] });
    expect(error.message).toContain(`${a}, ${b}`);
    expect(error.message).not.toContain("s3cret");
  });

  it("says when a host has no address", async () => {
    const { error } = await timed({ servers: "no-such-host.invalid", connectTimeoutMs: 5_000 });
    expect(error).toMatchObject({ code: "SK_CONNECTION_FAILED", servers: ["no-such-host.invalid:4222"] });
    expect(error.message).toContain("no-such-host.invalid");
  });

  it("gives up after connectTimeoutMs on a server that accepts and never speaks, and leaves no socket behind", async () => {
    await using silent = await startTcpServer();
    const { error, elapsedMs } = await timed({ servers: silent.address, connectTimeoutMs: 300 });
    expect(error).toMatchObject({ code: "SK_CONNECTION_FAILED", outcome: "not-sent" });
    expect(error.message).toContain("within 300 ms");
    expect(elapsedMs).toBeGreaterThan(250);
    expect(elapsedMs).toBeLessThan(5_000);
    await vi.waitFor(() => {
      expect(silent.openSockets).toBe(0);
    }, 20_000);
  });

  it("spends connectTimeoutMs on all servers together", async () => {
    await using one = await startTcpServer();
    await using two = await startTcpServer();
    await using three = await startTcpServer();
    const servers = [one, two, three].map(({ address }) => address);
    const { error, elapsedMs } = await timed({ servers, connectTimeoutMs: 3_000 });
    expect(error).toMatchObject({ code: "SK_CONNECTION_FAILED" });
    expect(elapsedMs).toBeLessThan(8_000);
    await vi.waitFor(() => {
      for (const server of [one, two, three]) expect(server.openSockets).toBe(0);
    }, 20_000);
    // Nothing goes on dialling behind the caller's back.
    const accepted = one.accepted + two.accepted + three.accepted;
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(one.accepted + two.accepted + three.accepted).toBe(accepted);
  });

  it("spends connectTimeoutMs on both logins together", async () => {
    let attempts = 0;
    await using server = await startTcpServer((socket) => {
      // Refuses the first login, and says nothing to the second.
      if (++attempts > 1) return;
      socket.write(info({ version: "2.12.0" }));
      socket.once("data", () => {
        setTimeout(() => socket.end("-ERR 'Authorization Violation'\r\n"), 2_000);
      });
    });
    const login = { username: "root", password: "x", accountId: 1 };
    const { error, elapsedMs } = await timed({ servers: server.address, connectTimeoutMs: 3_000, ...login });
    expect(attempts).toBe(2);
    expect(error).toMatchObject({ code: "SK_CONNECTION_FAILED" });
    expect(elapsedMs).toBeLessThan(4_900);
  });

  it("reaches the one server that is there among others that are not", async () => {
    await using server = await startNats();
    await using silent = await startTcpServer();
    const servers = [await deadAddress(), silent.address, `127.0.0.1:${server.port}`];
    await using connection = await connect({ servers, connectTimeoutMs: 5_000 });
    expect(connection.server.version).toBe(server.version);
    await connection.close();
    await expectNoClients(server);
  });

  it("goes on trying with waitOnFirstConnect, until one is there", async () => {
    await using server = await startNats();
    await server.kill();
    let settled = false;
    const connecting = connect({
      servers: server.url,
      waitOnFirstConnect: true,
      connectTimeoutMs: 500,
      reconnectDelayMs: 50,
    }).finally(() => (settled = true));
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(settled).toBe(false);
    await server.restart();
    const connection = await connecting;
    expect(connection.state).toBe("connected");
    await connection.close();
    await expectNoClients(server);
  });
});

describe("connect, when the server is not what is needed,", () => {
  it("says how to switch JetStream on", async () => {
    await using server = await startNats({ jetstream: false });
    const { error, elapsedMs } = await timed({ servers: server.url });
    expect(error).toMatchObject({ code: "SK_JETSTREAM_DISABLED", retryable: false });
    expect(error.message).toContain("start nats-server with -js");
    expect(elapsedMs).toBeLessThan(2_000);
    await expectNoClients(server);
  });

  it("says when the account has no JetStream", async () => {
    const users = [{ user: "a", password: "a" }];
    await using server = await startNats({ config: { accounts: { A: { users }, B: { jetstream: true } } } });
    const { error } = await timed({ servers: server.url, username: "a", password: "a" });
    expect(error).toMatchObject({ code: "SK_JETSTREAM_DISABLED" });
    expect(error.message).toContain("account");
    await expectNoClients(server);
  });

  it("says when a domain or API prefix leads nowhere", async () => {
    await using server = await startNats();
    const { error } = await timed({ servers: server.url, domain: "hub", connectTimeoutMs: 500 });
    expect(error).toMatchObject({ code: "SK_JETSTREAM_DISABLED" });
    expect(error.message).toContain("$JS.hub.API");
    await expectNoClients(server);
  });

  it("reaches a JetStream domain", async () => {
    await using server = await startNats({ jetstream: { domain: "hub" } });
    await using connection = await connect({ servers: server.url, domain: "hub" });
    expect(connection.jetStream.prefix).toBe("$JS.hub.API");
    await connection.close();
    await expectNoClients(server);
  });

  it.each(["2.9.25", "1.4.1"])("refuses version %s as too old", async (version) => {
    await using server = await startTcpServer((socket) => {
      socket.write(info({ version, jetstream: true }));
      socket.on("data", (chunk) => {
        if (chunk.includes("PING")) socket.write("PONG\r\n");
      });
    });
    const { error } = await timed({ servers: server.address });
    expect(error).toMatchObject({ code: "SK_SERVER_TOO_OLD", version, requiredVersion: "2.10.0" });
    await vi.waitFor(() => {
      expect(server.openSockets).toBe(0);
    }, 20_000);
  });

  // 2.10.7 is what a Memphis broker 1.4 calls itself.
  it.each(["2.12.0", "2.10.7"])("gives up in time when server %s stops answering after the login", async (version) => {
    await using server = await startTcpServer((socket) => {
      socket.write(info({ version, jetstream: true }));
      socket.once("data", () => socket.write("PONG\r\n"));
    });
    const { error, elapsedMs } = await timed({ servers: server.address, connectTimeoutMs: 400 });
    expect(error).toMatchObject({ code: "SK_REQUEST_TIMEOUT" });
    expect(elapsedMs).toBeLessThan(5_000);
    await vi.waitFor(() => {
      expect(server.openSockets).toBe(0);
    }, 20_000);
  });

  it("says at once when the server hangs up because it has too many clients", async () => {
    await using server = await startNats({ config: { max_connections: 1 } });
    await using first = await connect({ servers: server.url });
    const { error, elapsedMs } = await timed({ servers: server.url });
    expect(error).toMatchObject({ code: "SK_CONNECTION_FAILED", retryable: true });
    expect(error.message).toContain("too many clients");
    expect(elapsedMs).toBeLessThan(2_000);
    await first.close();
    await expectNoClients(server);
  });

  it("still connects when the login may not ask for JetStream's INFO", async () => {
    const permissions = { publish: { deny: ["$JS.API.INFO"] } };
    const users = [{ user: "a", password: "a", permissions }];
    await using server = await startNats({ config: { authorization: { users } } });
    await using connection = await connect({ servers: server.url, username: "a", password: "a" });
    expect(connection.state).toBe("connected");
    await connection.close();
    await expectNoClients(server);
  });

  it("refuses a login that may not listen to its inbox, and takes the prefix that it may listen to", async () => {
    const permissions = { subscribe: { allow: ["mine.>"] } };
    const users = [{ user: "a", password: "a", permissions }];
    await using server = await startNats({ config: { authorization: { users } } });
    const login = { servers: server.url, username: "a", password: "a" };
    const { error } = await timed(login);
    expect(error).toMatchObject({ code: "SK_PERMISSION_DENIED", operation: "subscription" });
    expect((error as Error & { subject: string }).subject).toMatch(/^_INBOX\./);
    await using connection = await connect({ ...login, inboxPrefix: "mine" });
    expect(connection.inboxPrefix).toBe("mine");
    await connection.close();
    await expectNoClients(server);
  });
});

describe("connect, with a brought connection,", () => {
  it("refuses one that is closed", async () => {
    await using server = await startNats();
    const natsConnection = await connectNats({ servers: server.url });
    await natsConnection.close();
    expect(await rejection(connect({ natsConnection }))).toMatchObject({ code: "SK_CONNECTION_CLOSED" });
  });

  it("waits for one that is just reconnecting", async () => {
    await using server = await startNats();
    const natsConnection = await connectNats({ servers: server.url, reconnectTimeWait: 50, maxReconnectAttempts: -1 });
    await server.kill();
    await vi.waitFor(() => {
      expect(natsConnection.info).toBeUndefined();
    }, 20_000);
    const connecting = connect({ natsConnection, connectTimeoutMs: 20_000 });
    await server.restart();
    const connection = await connecting;
    expect(connection.state).toBe("connected");
    await connection.close();
    await natsConnection.close();
    await expectNoClients(server);
  });

  it("leaves it open when the check fails", async () => {
    await using server = await startNats({ jetstream: false });
    const natsConnection = await connectNats({ servers: server.url });
    expect(await rejection(connect({ natsConnection }))).toMatchObject({ code: "SK_JETSTREAM_DISABLED" });
    expect(natsConnection.isClosed()).toBe(false);
    await natsConnection.flush();
    await natsConnection.close();
    await expectNoClients(server);
  });
});
