import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { connect } from "@nats-io/transport-node";
import { describe, expect, it, vi } from "vitest";
import { processIdentity } from "../src/process-identity.js";
import {
  findBinary,
  InvalidOptionsError,
  ServerStateError,
  StartError,
  startNats,
  type NatsServer,
} from "../src/index.js";
import { listStreams, makeStream, publish, storedCount } from "./support/jetstream-requests.js";
import { temporaryDirectory } from "./support/temporary-directory.js";

const root = temporaryDirectory();

describe("a started server", () => {
  it("listens on free ports of 127.0.0.1 only, greets clients, and has JetStream", async () => {
    await using server = await startNats();
    expect(server.url).toBe(`nats://127.0.0.1:${server.port}`);
    const connection = await connect({ servers: server.url });
    expect(connection.info).toMatchObject({ version: server.version, jetstream: true, server_name: "embedded" });
    await connection.close();
    const varz = (await (await fetch(`${server.monitorUrl}/varz`)).json()) as Record<string, unknown>;
    expect(varz).toMatchObject({ host: "127.0.0.1", http_host: "127.0.0.1", port: server.port });
    expect(statSync(server.configFile).mode & 0o777).toBe(0o600);
    expect(server.logTail(2)).toHaveLength(2);
    expect(server.logTail().at(-1)).toContain("Server is ready");
  });

  it("may have an executable of any name", async () => {
    const { path } = await findBinary();
    const renamed = join(root, "broker-2");
    symlinkSync(path, renamed);
    await using server = await startNats({ binary: renamed, jetstream: false });
    expect(server.port).toBeGreaterThan(0);
  });

  it("leaves neither process nor files after stop, and stop may be called again", async () => {
    const server = await startNats();
    const { pid = 0, storeDir, configFile } = server;
    expect(storeDir.startsWith(dirname(configFile))).toBe(true);
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(processIdentity(pid)).toBeUndefined();
    expect(existsSync(dirname(configFile))).toBe(false);
    expect(server.pid).toBeUndefined();
    expect(server.logTail().at(-1)).toContain("Server Exiting");
  });

  it("is stopped at the end of an await using scope", async () => {
    let leaked: NatsServer;
    {
      await using server = await startNats({ jetstream: false });
      leaked = server;
      expect(leaked.pid).toBeTypeOf("number");
    }
    expect(leaked.pid).toBeUndefined();
  });

  it("does not get in the way of another one", async () => {
    const [first, second] = await Promise.all([startNats(), startNats()]);
    expect(first.port).not.toBe(second.port);
    expect(first.storeDir).not.toBe(second.storeDir);
    await first.stop();
    expect((await fetch(`${second.monitorUrl}/healthz`)).status).toBe(200);
    await second.stop();
  });
});

describe("data on the store", () => {
  it.each([
    ["kill()", (server: NatsServer) => server.kill()],
    ["kill('SIGTERM')", (server: NatsServer) => server.kill("SIGTERM")],
    ["stop({ keepStore: true })", (server: NatsServer) => server.stop({ keepStore: true })],
    ["nothing: it still runs", () => Promise.resolve()],
  ])("survives a restart after %s, on the same ports", async (_name, end) => {
    await using server = await startNats();
    const { url, port, monitorUrl, pid } = server;
    await makeStream(server.url, "orders");
    await publish(server.url, "orders", 20);
    await end(server);
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect({ url: server.url, port: server.port, monitorUrl: server.monitorUrl }).toEqual({ url, port, monitorUrl });
    expect(await storedCount(server.url, "orders")).toBe(20);
  });

  it("is gone after stop(), and so is the way back", async () => {
    const server = await startNats();
    await server.stop();
    await expect(server.restart()).rejects.toThrow(ServerStateError);
  });

  it("stays in a given directory for the next server, and for a restart after stop()", async () => {
    const storeDir = join(root, "given");
    const first = await startNats({ storeDir });
    expect(first.storeDir).toBe(storeDir);
    await makeStream(first.url, "kept");
    await publish(first.url, "kept", 3);
    await first.stop();
    expect(existsSync(dirname(first.configFile))).toBe(false);
    await first.restart();
    expect(await storedCount(first.url, "kept")).toBe(3);
    await first.stop();

    await using second = await startNats({ storeDir, jetstream: { syncIntervalMs: "always" } });
    expect(await storedCount(second.url, "kept")).toBe(3);
  });

  it("stays in the temporary directory of a persistent server", async () => {
    vi.stubEnv("TMPDIR", join(root, "tmp"));
    mkdirSync(tmpdir());
    const server = await startNats({ persistent: true });
    vi.unstubAllEnvs();
    await server.stop();
    expect(readdirSync(server.storeDir)).toEqual(["jetstream"]);
    expect(readdirSync(join(root, "tmp"))).toEqual([server.storeDir.slice(join(root, "tmp/").length)]);
  });
});

describe("a fault", () => {
  it("by pause() makes the server silent with its connections open until resume()", async () => {
    await using server = await startNats();
    const connection = await connect({ servers: server.url });
    await connection.flush();
    server.pause();
    const flushed = connection.flush().then(() => "flushed");
    const silence = new Promise((resolve) => setTimeout(resolve, 300, "silence"));
    expect(await Promise.race([flushed, silence])).toBe("silence");
    server.resume();
    expect(await flushed).toBe("flushed");
    expect(connection.isClosed()).toBe(false);
    await connection.close();
  });

  it("by pause() does not keep the server from being stopped gracefully, killed or restarted", async () => {
    await using server = await startNats();
    server.pause();
    await server.restart();
    expect(await listStreams(server.url)).toEqual([]);
    server.pause();
    await server.kill();
    await server.restart();
    server.pause();
    await server.stop();
    expect(server.logTail().at(-1)).toContain("Server Exiting");
  });

  it("by lameDuck() is told to clients", async () => {
    await using server = await startNats({ configText: "lame_duck_grace_period: 0s\n" });
    const connection = await connect({ servers: server.url, reconnect: false });
    const told = (async () => {
      for await (const status of connection.status()) if (status.type === "ldm") return true;
      return false;
    })();
    server.lameDuck();
    expect(await told).toBe(true);
    await connection.close();
    await server.kill();
  });

  it("on a server that does not run is an error", async () => {
    const server = await startNats({ jetstream: false });
    await server.kill();
    expect(() => {
      server.pause();
    }).toThrow(ServerStateError);
    expect(() => {
      server.resume();
    }).toThrow("no process runs");
    expect(() => {
      server.lameDuck();
    }).toThrow(ServerStateError);
    await expect(server.reload({})).rejects.toThrow(ServerStateError);
    await server.kill();
    await server.stop();
  });
});

describe("a start that fails", () => {
  it("tells the exit code, the binary and the end of the log, and leaves nothing behind", async () => {
    vi.stubEnv("TMPDIR", join(root, "broken"));
    mkdirSync(tmpdir());
    const error: unknown = await startNats({ configText: "max_payload: [}\n" }).catch((reason: unknown) => reason);
    vi.unstubAllEnvs();
    expect(error).toBeInstanceOf(StartError);
    const { exitCode, logTail, binary, message } = error as StartError;
    expect(exitCode).toBe(1);
    expect(logTail.join("\n")).toMatch(/parse error|Parse error/i);
    expect(message).toContain(binary);
    expect(message).toContain(logTail.at(-1));
    expect(readdirSync(join(root, "broken"))).toEqual([]);
  });

  it("because the port is taken says so", async () => {
    await using first = await startNats({ jetstream: false });
    const error: unknown = await startNats({ port: first.port }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "SK_EMBEDDED_START", exitCode: 1, retryable: true });
    expect((error as StartError).message.split("\n", 1)[0]).toMatch(
      /^nats-server ended before it was ready \(exit code 1\): .*address already in use/,
    );
  });

  it("because it takes too long ends the process", async () => {
    const error: unknown = await startNats({ startTimeoutMs: 1 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "SK_EMBEDDED_START", exitCode: null });
    expect((error as StartError).message).toContain("not ready within 1 ms");
  });

  it("because an option makes no sense fails before anything is looked for", async () => {
    await expect(startNats({ port: 0, binary: "/does/not/exist" })).rejects.toThrow(InvalidOptionsError);
  });
});

it("takes a fixed port, and the next server can have it after stop()", async () => {
  const first = await startNats({ jetstream: false });
  const { port } = first;
  await first.stop();
  await using second = await startNats({ port, jetstream: false });
  expect(second.port).toBe(port);
});
