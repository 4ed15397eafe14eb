import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NatsServer, startNats } from "@stationkit/embedded-nats";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { connect, type ConnectOptions, TlsError } from "../src/index.js";
import { expectNoClients, failOnUnhandledRejections, rejection } from "./support/broker.js";
import {
  type CertificateAuthority,
  createCertificateAuthority,
  hasOpenssl,
  type KeyAndCertificate,
} from "./support/certificates.js";
import { startTcpServer } from "./support/tcp-server.js";
import { watchStatus } from "./support/watch-status.js";

failOnUnhandledRejections();

const openssl = hasOpenssl();
if (!openssl) console.warn("TLS tests are skipped: they need openssl to issue certificates");

describe.skipIf(!openssl)("TLS", () => {
  const directory = mkdtempSync(join(tmpdir(), "core-protocol-tls-"));
  let authority: CertificateAuthority;
  let stranger: CertificateAuthority;
  let client: KeyAndCertificate;
  /** For the name `localhost` and the address 127.0.0.1. */
  let plain: NatsServer;
  let mutual: NatsServer;
  /** For the name `broker.example` only. */
  let named: NatsServer;
  let first: NatsServer;
  let untouched: NatsServer;

  beforeAll(async () => {
    authority = createCertificateAuthority(directory, "authority");
    stranger = createCertificateAuthority(directory, "stranger");
    client = authority.issue("client", "DNS:client");
    const files = (name: string, names: string): { cert_file: string; key_file: string } => {
      const { certFile, keyFile } = authority.issue(name, names);
      return { cert_file: certFile, key_file: keyFile };
    };
    const local = files("local", "DNS:localhost,IP:127.0.0.1");
    const example = files("example", "DNS:broker.example");
    [plain, mutual, named, first, untouched] = await Promise.all([
      startNats({ config: { tls: local } }),
      startNats({ config: { tls: { ...local, ca_file: authority.caFile, verify: true } } }),
      startNats({ config: { tls: example } }),
      startNats({ config: { tls: { ...local, handshake_first: true } } }),
      startNats({}),
    ]);
  });

  afterEach(async () => {
    for (const server of [plain, mutual, named, first, untouched]) await expectNoClients(server);
  });

  afterAll(async () => {
    await Promise.all([plain, mutual, named, first, untouched].map((server) => server.stop()));
    rmSync(directory, { recursive: true });
  });

  async function login(options: ConnectOptions): Promise<void> {
    await using connection = await connect(options);
    await connection.jetStream.request("INFO");
  }

  async function refusal(options: ConnectOptions): Promise<TlsError> {
    const error = await rejection(connect({ connectTimeoutMs: 2_000, ...options }));
    expect(error).toBeInstanceOf(TlsError);
    expect(error).toMatchObject({ code: "SK_TLS", retryable: false, outcome: "not-sent" });
    if (!(error instanceof TlsError)) throw error;
    return error;
  }

  it("trusts an own authority, given as a file or as text, in NATS style and in Memphis style", async () => {
    const servers = `localhost:${plain.port}`;
    await login({ servers, tls: { caFile: authority.caFile } });
    await login({ servers, tls: { ca: readFileSync(authority.caFile, "utf8") } });
    await login({ servers: `tls://${servers}`, tls: { caFile: authority.caFile } });
    await login({ host: "localhost", port: plain.port, caFile: authority.caFile });
  });

  it("checks the address when the server is dialled by its address", async () => {
    await login({ servers: `127.0.0.1:${plain.port}`, tls: { caFile: authority.caFile } });
    await refusal({ servers: `127.0.0.1:${named.port}`, tls: { caFile: authority.caFile } });
  });

  it("refuses a certificate of an authority that it does not trust", async () => {
    const servers = `localhost:${plain.port}`;
    expect((await refusal({ servers, tls: { caFile: stranger.caFile } })).message).toContain("TLS handshake failed");
    await refusal({ servers, tls: true });
    await refusal({ servers: `tls://${servers}` });
  });

  it("follows a server that demands TLS, and then trusts the system's authorities only", async () => {
    await refusal({ servers: `localhost:${plain.port}` });
  });

  it("accepts any certificate when told to", async () => {
    await login({ servers: `localhost:${plain.port}`, tls: { rejectUnauthorized: false } });
  });

  it("refuses a certificate for another name, unless serverName says that it is the right one", async () => {
    const servers = `localhost:${named.port}`;
    expect((await refusal({ servers, tls: { caFile: authority.caFile } })).message).toContain("broker.example");
    await login({ servers, tls: { caFile: authority.caFile, serverName: "broker.example" } });
    await login({
      servers: `127.0.0.1:${named.port}`,
      tls: { caFile: authority.caFile, serverName: "broker.example" },
    });
  });

  it("shows its own certificate to a server that asks for one", async () => {
    const servers = `localhost:${mutual.port}`;
    const { caFile } = authority;
    await login({ servers, tls: { caFile, ...client } });
    const cert = readFileSync(client.certFile, "utf8");
    const key = readFileSync(client.keyFile, "utf8");
    await login({ servers, tls: { caFile, cert, key } });
    await login({ host: "localhost", port: mutual.port, caFile, ...client });
  });

  it("says at once when the server asks for a certificate and gets none, or a stranger's", async () => {
    const servers = `localhost:${mutual.port}`;
    const started = Date.now();
    const options = { servers, connectTimeoutMs: 10_000 };
    const none = await rejection(connect({ ...options, tls: { caFile: authority.caFile } }));
    const strangers = stranger.issue("client", "DNS:client");
    const wrong = await rejection(connect({ ...options, tls: { caFile: authority.caFile, ...strangers } }));
    for (const error of [none, wrong]) {
      expect(error).toMatchObject({ code: "SK_CONNECTION_FAILED", outcome: "not-sent" });
      expect(error.message).toContain("client certificate");
    }
    expect(Date.now() - started).toBeLessThan(9_000);
  });

  it("may begin with the handshake, where the server does", async () => {
    const servers = `localhost:${first.port}`;
    await login({ servers, tls: { caFile: authority.caFile, handshakeFirst: true } });
    await refusal({ servers, tls: { caFile: stranger.caFile, handshakeFirst: true } });
    // Nobody speaks first here.
    const error = await rejection(connect({ servers, tls: { caFile: authority.caFile }, connectTimeoutMs: 500 }));
    expect(error).toMatchObject({ code: "SK_CONNECTION_FAILED" });
  });

  it("is made again after the server was away, and closes in the middle of that", async () => {
    for (const handshakeFirst of [false, true]) {
      const files = authority.issue(`again-${handshakeFirst}`, "DNS:localhost");
      const tls = { cert_file: files.certFile, key_file: files.keyFile, handshake_first: handshakeFirst };
      await using server = await startNats({ config: { tls } });
      const connection = await connect({
        ...{ servers: `localhost:${server.port}`, reconnectDelayMs: 20 },
        tls: { caFile: authority.caFile, handshakeFirst },
      });
      const log = watchStatus(connection);
      await server.kill();
      await server.restart();
      await log.waitFor("reconnected");
      await connection.jetStream.request("INFO");
      await server.kill();
      await vi.waitFor(() => {
        expect(connection.state).toBe("reconnecting");
      }, 20_000);
      await connection.close();
      expect(log.types.at(-1)).toBe("closed");
      await server.restart();
      await expectNoClients(server);
    }
  });

  it("is not to be had from a server without it", async () => {
    await refusal({ servers: untouched.url, tls: true });
    await refusal({ servers: untouched.url, tls: { handshakeFirst: true } });
  });

  it("tells files that are missing, or no certificates, before anything is dialled or sent", async () => {
    await using server = await startTcpServer();
    const missing = join(directory, "missing.pem");
    const error = await rejection(connect({ servers: server.address, tls: { caFile: missing } }));
    expect(error).toMatchObject({ code: "SK_USAGE" });
    expect(error.message).toContain("tls: caFile cannot be read");
    expect(server.accepted).toBe(0);
    const { certFile } = client;
    await refusal({
      servers: `localhost:${plain.port}`,
      tls: { caFile: authority.caFile, certFile, keyFile: certFile },
    });
  });
});
