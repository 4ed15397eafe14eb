import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type ConnectionOptions } from "@nats-io/transport-node";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidOptionsError, ReloadError, startNats } from "../src/index.js";
import { temporaryDirectory } from "./support/temporary-directory.js";

const root = temporaryDirectory();

/** The INFO that the server greets with, or the error. */
async function greeting(options: ConnectionOptions): Promise<{ max_payload?: number; tls_required?: boolean }> {
  const connection = await connect({ ...options, reconnect: false, timeout: 3_000 });
  const { info } = connection;
  await connection.close();
  return info ?? {};
}

describe("config", () => {
  it("carries users whose passwords hold everything that the configuration language could take for something else", async () => {
    const passwords = [
      "$HOME",
      "$2a$notbcrypt",
      'a"b\\c',
      "tab\there\nline",
      "10MB",
      "true",
      "ключ €",
      "{ # }",
      "\u0001\u007f",
      "include x",
    ];
    const users = passwords.map((password, index) => ({ user: `user${index}`, password }));
    await using server = await startNats({ jetstream: false, config: { authorization: { users } } });
    for (const { user, password } of users) await greeting({ servers: server.url, user, pass: password });
    await expect(greeting({ servers: server.url, user: "user0", pass: process.env["HOME"] ?? "" })).rejects.toThrow(
      /authorization/i,
    );
    await expect(greeting({ servers: server.url })).rejects.toThrow(/authorization/i);
  });

  it("carries limits, and is merged into the generated JetStream block", async () => {
    await using server = await startNats({
      jetstream: { maxMemoryBytes: 1_048_576, maxFileBytes: 2_097_152, syncIntervalMs: 500, domain: "here" },
      config: { max_payload: 2_048, jetstream: { max_outstanding_catchup: 1_048_576 } },
    });
    expect((await greeting({ servers: server.url })).max_payload).toBe(2_048);
    const jsz = (await (await fetch(`${server.monitorUrl}/jsz`)).json()) as { config: Record<string, unknown> };
    expect(jsz.config).toMatchObject({
      max_memory: 1_048_576,
      max_storage: 2_097_152,
      sync_interval: 500_000_000,
      domain: "here",
    });
    expect(readFileSync(server.configFile, "utf8")).toContain('"max_outstanding_catchup": 1048576');
  });

  it("carries subject mappings and accounts, with keys that hold dots and wildcards", async () => {
    await using server = await startNats({
      config: {
        accounts: {
          A: { jetstream: true, users: [{ user: "a", password: "a" }], mappings: { "old.*": "new.$1" } },
          EMPTY: {},
        },
        system_account: "EMPTY",
      },
    });
    const connection = await connect({ servers: server.url, user: "a", pass: "a" });
    const subscription = connection.subscribe("new.x", { max: 1 });
    connection.publish("old.x", "mapped");
    for await (const message of subscription) expect(message.string()).toBe("mapped");
    await connection.close();
  });

  it("refuses what the handle is built on", async () => {
    await expect(startNats({ config: { port: 4222 } })).rejects.toThrow(
      "config.port: may not be set: use the option port",
    );
    await expect(startNats({ config: { jetstream: { store_dir: "/x" } } })).rejects.toThrow("use the option storeDir");
    await expect(startNats({ config: { max_payload: Number.NaN } })).rejects.toThrow(InvalidOptionsError);
  });
});

describe("configText", () => {
  it("is nats-server's own language, variables of the environment included, and wins", async () => {
    process.env["EMBEDDED_NATS_TEST_TOKEN"] = "s3cret";
    await using server = await startNats({
      config: { max_payload: 2_048 },
      configText: "max_payload: 4kb\nauthorization { token: $EMBEDDED_NATS_TEST_TOKEN }\n",
    });
    expect(await greeting({ servers: server.url, token: "s3cret" })).toMatchObject({ max_payload: 4_096 });
    await expect(greeting({ servers: server.url })).rejects.toThrow();
  });
});

const openssl = process.env["OPENSSL"] ?? "openssl";
const hasOpenssl = spawnSync(openssl, ["version"]).status === 0;
if (!hasOpenssl) process.stderr.write("SKIPPED TLS tests of server-config.test.ts: this machine has no openssl\n");

describe.skipIf(!hasOpenssl)("TLS", () => {
  beforeAll(() => {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem"];
    const names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
    const args = ["req", "-x509", "-days", "2", "-out", "cert.pem", ...key, ...names];
    execFileSync(openssl, args, { cwd: root, stdio: "ignore" });
  });

  it.each([
    ["after the greeting", false],
    ["before the greeting", true],
  ])("with the handshake %s is waited for and spoken", async (_name, first) => {
    const files = { cert_file: join(root, "cert.pem"), key_file: join(root, "key.pem") };
    await using server = await startNats({ config: { tls: first ? { ...files, handshake_first: true } : files } });
    const tls = { caFile: join(root, "cert.pem"), ...(first ? { handshakeFirst: true } : {}) };
    expect(await greeting({ servers: server.url, tls })).toMatchObject({ tls_required: true });
  });
});

describe("reload", () => {
  it("makes the server use another config, and the next start too", async () => {
    await using server = await startNats({ jetstream: false, config: { max_payload: 2_048 } });
    const { port, pid } = server;
    await server.reload({ max_payload: 8_192 });
    expect((await greeting({ servers: server.url })).max_payload).toBe(8_192);
    await server.reload("authorization { token: abc }\n");
    await expect(greeting({ servers: server.url })).rejects.toThrow();
    expect(server.pid).toBe(pid);
    await server.kill();
    await server.restart();
    expect(server.port).toBe(port);
    expect((await greeting({ servers: server.url, token: "abc" })).max_payload).toBe(8_192);
  });

  it("that the server refuses is an error, and the old configuration stays, also for the next start", async () => {
    await using server = await startNats({ config: { max_payload: 2_048 } });
    await expect(server.reload("no {")).rejects.toThrow(ReloadError);
    await expect(server.reload({ server_tags: 1 })).rejects.toThrow(/refused/);
    expect((await greeting({ servers: server.url })).max_payload).toBe(2_048);
    await server.restart();
    expect((await greeting({ servers: server.url })).max_payload).toBe(2_048);
  });
});
