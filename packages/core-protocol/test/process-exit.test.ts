import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type NatsServer, startNats } from "@stationkit/embedded-nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectNoClients } from "./support/broker.js";
import { startTcpServer } from "./support/tcp-server.js";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Inside the package, so that its dependencies are found from there. */
const directory = mkdtempSync(join(root, "node_modules", "exit-test-"));

/** Runs a program against this package as it is published; resolves when the process has ended by itself. */
async function run(program: string, servers: string): Promise<{ stdout: string; afterwardsMs: number }> {
  const file = join(directory, "program.mjs");
  writeFileSync(file, `import { connect } from "./dist/index.js";\n${program}\nconsole.log("done", Date.now());\n`);
  const { stdout } = await promisify(execFile)(process.execPath, [file], {
    env: { ...process.env, SERVERS: servers },
    timeout: 20_000,
  });
  return { stdout, afterwardsMs: Date.now() - Number(/done (\d+)/.exec(stdout)?.[1]) };
}

describe("the process ends by itself", () => {
  let server: NatsServer;

  beforeAll(async () => {
    const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
    execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json", "--outDir", join(directory, "dist")], {
      cwd: root,
    });
    server = await startNats();
  });

  afterAll(async () => {
    rmSync(directory, { recursive: true });
    await server.stop();
  });

  it("after close()", async () => {
    const { afterwardsMs } = await run(
      `const connection = await connect({ servers: process.env.SERVERS });
       await connection.jetStream.request("INFO");
       await connection.close();`,
      server.url,
    );
    expect(afterwardsMs).toBeLessThan(5_000);
    await expectNoClients(server);
  });

  it.each(["", ", tls: { handshakeFirst: true }"])("after an attempt at a server that never speaks%s", async (more) => {
    await using silent = await startTcpServer();
    const { stdout, afterwardsMs } = await run(
      `await connect({ servers: process.env.SERVERS, connectTimeoutMs: 300${more} }).catch((e) => console.log(e.code));`,
      silent.address,
    );
    expect(stdout).toContain("SK_CONNECTION_FAILED");
    expect(afterwardsMs).toBeLessThan(5_000);
  });

  it("after a refusal of the server as it is", async () => {
    await using plain = await startNats({ jetstream: false });
    const { stdout, afterwardsMs } = await run(
      `await connect({ servers: process.env.SERVERS }).catch((e) => console.log(e.code));`,
      plain.url,
    );
    expect(stdout).toContain("SK_JETSTREAM_DISABLED");
    expect(afterwardsMs).toBeLessThan(5_000);
  });

  it("after close() in the middle of a reconnect", async () => {
    await using pausing = await startNats();
    const running = run(
      `const connection = await connect({ servers: process.env.SERVERS, pingIntervalMs: 100, reconnectDelayMs: 20 });
       await new Promise((resolve) => connection.on("status", ({ type }) => type === "reconnecting" && resolve()));
       await connection.close();`,
      pausing.url,
    );
    const paused = setInterval(() => {
      void clients(pausing).then((count) => {
        if (count === 0) return;
        clearInterval(paused);
        // Not before it has connected: until then it has no pings.
        setTimeout(() => {
          pausing.pause();
        }, 200);
      });
    }, 20);
    const { afterwardsMs } = await running;
    clearInterval(paused);
    pausing.resume();
    expect(afterwardsMs).toBeLessThan(5_000);
  });
});

async function clients(server: NatsServer): Promise<number> {
  const response = await fetch(`${server.monitorUrl}/connz`);
  return ((await response.json()) as { num_connections: number }).num_connections;
}
