import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nkeys } from "@nats-io/nats-core";
import { type NatsServer, startNats } from "@stationkit/embedded-nats";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connect, type Connection, type ConnectOptions } from "../src/index.js";
import { clientsOf, expectNoClients, failOnUnhandledRejections, rejection } from "./support/broker.js";
import { createOperatorSetup } from "./support/user-jwt.js";

failOnUnhandledRejections();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Connects, makes sure that JetStream answers, and hands over what the server sees of this client. */
async function login(
  server: NatsServer,
  options: ConnectOptions,
): Promise<{ name?: string; authorized_user?: string }> {
  await using connection: Connection = await connect(options);
  await connection.jetStream.request("INFO");
  expect(connection.id).toMatch(UUID);
  return (await clientsOf(server)).connections[0] ?? {};
}

function useServer(options: Parameters<typeof startNats>[0]): { readonly server: NatsServer } {
  const used: { server: NatsServer } = { server: undefined as unknown as NatsServer };
  beforeAll(async () => {
    used.server = await startNats(options);
  });
  afterEach(async () => {
    await expectNoClients(used.server);
  });
  afterAll(async () => {
    await used.server.stop();
  });
  return used;
}

describe("a server without users", () => {
  const used = useServer({});

  it("is reached in NATS style and in Memphis style", async () => {
    const { server } = used;
    expect(await login(server, { servers: server.url })).toMatchObject({ name: "stationkit" });
    expect(await login(server, { servers: `127.0.0.1:${server.port}`, name: "checkout" })).toMatchObject({
      name: "checkout",
    });
    expect(await login(server, { port: server.port })).toMatchObject({ name: "stationkit" });
    expect(await login(server, { host: "127.0.0.1", port: server.port })).toMatchObject({ name: "stationkit" });
    expect(await login(server, { host: "http://localhost", port: server.port })).toMatchObject({ name: "stationkit" });
  });

  it("is described", async () => {
    const { server } = used;
    await using connection = await connect({ servers: server.url });
    expect(connection.server).toMatchObject({
      address: `127.0.0.1:${server.port}`,
      name: server.name,
      version: server.version,
      maxPayloadBytes: 1_048_576,
      cluster: undefined,
    });
    expect(connection.server).toBe(connection.server);
    expect(connection.server.jetStreamApiLevel).toBeGreaterThanOrEqual(0);
    expect(connection.username).toBeUndefined();
    expect(connection.state).toBe("connected");
    expect(connection.inboxPrefix).toBe("_INBOX");
  });

  it("takes a brought connection, and leaves it open", async () => {
    const { server } = used;
    await using owner = await connect({ servers: server.url });
    const connection = await connect({ natsConnection: owner.natsConnection });
    expect(connection.id).not.toBe(owner.id);
    await connection.close();
    expect(connection.state).toBe("closed");
    expect(owner.state).toBe("connected");
    await owner.jetStream.request("INFO");
    const error = await rejection(connection.request("$JS.API.INFO", ""));
    expect(error).toMatchObject({ code: "SK_CONNECTION_CLOSED", outcome: "not-sent" });
  });
});

describe("passwords", () => {
  const password = 'p@$s:w/0 rd%"\\ü';
  const used = useServer({
    config: { authorization: { users: [{ user: "root$1", password }] } },
  });

  it("reach a server that knows the Memphis form of the user only", async () => {
    const { server } = used;
    const options = { host: "127.0.0.1", port: server.port, username: "root", password, accountId: 1 };
    const client = await login(server, options);
    expect(client.authorized_user).toContain("root$1");
    const [id, username] = client.name?.split("::") ?? [];
    expect(id).toMatch(UUID);
    expect(username).toBe("root");
  });

  it("may hold everything, also in a URL", async () => {
    const { server } = used;
    const address = `127.0.0.1:${server.port}`;
    await login(server, { servers: address, username: "root$1", password });
    await login(server, { servers: `nats://root%241:${encodeURIComponent(password)}@${address}` });
  });

  it("that are wrong are refused at once, for both forms of the user, and not shown", async () => {
    const { server } = used;
    const started = Date.now();
    const error = await rejection(
      connect({ servers: server.url, username: "root", password: "wr0ng-one", accountId: 1 }),
    );
    expect(error).toMatchObject({ code: "SK_AUTHENTICATION", retryable: false, outcome: "not-sent" });
    expect(error.message).not.toContain("wr0ng");
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  it("that are missing are refused", async () => {
    expect(await rejection(connect({ servers: used.server.url }))).toMatchObject({ code: "SK_AUTHENTICATION" });
  });

  it("that are wrong are refused at once even when waiting for the first connection", async () => {
    const options = { servers: used.server.url, username: "root", password: "wrong", waitOnFirstConnect: true };
    expect(await rejection(connect(options))).toMatchObject({ code: "SK_AUTHENTICATION" });
  });
});

describe("a server that knows the bare name only", () => {
  const used = useServer({ config: { authorization: { users: [{ user: "root", password: "secret-1" }] } } });

  it.each([{}, { waitOnFirstConnect: true }])("takes a login in Memphis style: %o", async (more) => {
    const { server } = used;
    await using connection = await connect({
      ...{ host: "127.0.0.1", port: server.port, username: "root", password: "secret-1", accountId: 1 },
      ...more,
    });
    expect(connection.username).toBe("root");
    expect((await clientsOf(server)).connections[0]?.authorized_user).toContain("root");
  });
});

describe("a token", () => {
  const used = useServer({ config: { authorization: { token: "t0k:en" } } });

  it("is given by any of its names, or in a URL", async () => {
    const { server } = used;
    const address = `127.0.0.1:${server.port}`;
    await login(server, { servers: address, token: "t0k:en" });
    await login(server, { host: "127.0.0.1", port: server.port, connectionToken: "t0k:en" });
    await login(server, { servers: `nats://t0k%3Aen@${address}` });
    expect(await rejection(connect({ servers: address, token: "no" }))).toMatchObject({ code: "SK_AUTHENTICATION" });
  });
});

describe("an nkey", () => {
  const user = nkeys.createUser();
  const nkeySeed = new TextDecoder().decode(user.getSeed());
  const used = useServer({ config: { authorization: { users: [{ nkey: user.getPublicKey() }] } } });

  it("logs in, by its seed or by an authenticator of nats.js", async () => {
    const { server } = used;
    await login(server, { servers: server.url, nkeySeed });
    const authenticator = (nonce?: string): { nkey: string; sig: string } => {
      const signature = user.sign(new TextEncoder().encode(nonce ?? ""));
      return { nkey: user.getPublicKey(), sig: Buffer.from(signature).toString("base64url") };
    };
    await login(server, { servers: server.url, authenticator });
  });

  it("that the server does not know is refused", async () => {
    const stranger = new TextDecoder().decode(nkeys.createUser().getSeed());
    const error = await rejection(connect({ servers: used.server.url, nkeySeed: stranger }));
    expect(error).toMatchObject({ code: "SK_AUTHENTICATION" });
  });

  it("whose authenticator throws ends the attempt at once", async () => {
    const options = {
      servers: used.server.url,
      authenticator: (): never => {
        throw new Error("the key store is locked");
      },
    };
    const started = Date.now();
    const error = await rejection(connect(options));
    expect(error.message).toContain("the key store is locked");
    expect(Date.now() - started).toBeLessThan(2_000);
  });
});

describe("a user JWT", () => {
  const setup = createOperatorSetup();
  const directory = mkdtempSync(join(tmpdir(), "core-protocol-creds-"));
  const credsFile = join(directory, "user.creds");
  const used = useServer({ configText: setup.configText });

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it("logs in with its seed, as text of a credentials file, and from the file", async () => {
    const { server } = used;
    await login(server, { servers: server.url, jwt: setup.userJwt, nkeySeed: setup.userSeed });
    await login(server, { servers: server.url, creds: setup.creds });
    writeFileSync(credsFile, setup.creds);
    await login(server, { servers: server.url, credsFile });
  });

  it("is refused with another seed", async () => {
    const nkeySeed = new TextDecoder().decode(nkeys.createUser().getSeed());
    const error = await rejection(connect({ servers: used.server.url, jwt: setup.userJwt, nkeySeed }));
    expect(error).toMatchObject({ code: "SK_AUTHENTICATION" });
  });

  it("needs a file that is there and can be read", async () => {
    const missing = join(directory, "missing.creds");
    const error = await rejection(connect({ servers: used.server.url, credsFile: missing }));
    expect(error).toMatchObject({ code: "SK_USAGE" });
    expect(error.message).toContain("credsFile cannot be read");
    writeFileSync(join(directory, "empty.creds"), "");
    const unread = await rejection(connect({ servers: used.server.url, credsFile: join(directory, "empty.creds") }));
    expect(unread).toMatchObject({ code: "SK_USAGE" });
  });
});
