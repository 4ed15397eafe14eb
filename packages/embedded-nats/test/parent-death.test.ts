import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { processIdentity } from "../src/process-identity.js";
import { ChildProgram } from "./support/child-program.js";
import { useCompiledPackage } from "./support/compiled-package.js";
import { temporaryDirectory } from "./support/temporary-directory.js";

interface Report {
  readonly pid: number;
  readonly monitorUrl: string;
  readonly configFile: string;
  readonly storeDir: string;
}

const root = temporaryDirectory();
const compiled = useCompiledPackage();
let program = "";

beforeAll(() => {
  program = compiled.program(
    "parent",
    `import { startNats } from "embedded-nats";
     const [then, storeDir] = process.argv.slice(2);
     const server = await startNats(storeDir === undefined ? {} : { storeDir });
     const { pid, monitorUrl, configFile } = server;
     console.log(JSON.stringify({ pid, monitorUrl, configFile, storeDir: server.storeDir }));
     if (then === "throw") throw new Error("the application failed");
     if (then === "pause") server.pause();
     if (then !== "end") setInterval(() => {}, 1_000);
     if (then === "on-interrupt") process.on("SIGINT", async () => {
       await new Promise((resolve) => setTimeout(resolve, 200));
       const answer = await fetch(monitorUrl + "/healthz").catch((error) => ({ status: String(error) }));
       console.log("health at the end: " + answer.status);
       await server.stop();
       process.exit(0);
     });`,
  );
});

/** Runs the program up to the point where its server is ready. */
async function parent(then: string, storeDir?: string): Promise<{ child: ChildProgram; server: Report }> {
  const child = new ChildProgram(program, storeDir === undefined ? [then] : [then, storeDir], { detached: true });
  await vi.waitFor(() => {
    expect(child.lines.length, child.stderr).toBeGreaterThan(0);
  }, 20_000);
  return { child, server: JSON.parse(child.lines[0]!) as Report };
}

async function expectNothingLeft({ pid, configFile }: Report): Promise<void> {
  await vi.waitFor(() => {
    expect(processIdentity(pid), "the server's process").toBeUndefined();
    expect(existsSync(dirname(configFile)), "its directory").toBe(false);
  }, 10_000);
}

describe("the server and its files are gone", () => {
  it.each(["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"] as const)("after the parent was ended by %s", async (signal) => {
    const { child, server } = await parent("wait");
    child.kill(signal);
    expect(await child.end()).toBe(signal);
    await expectNothingLeft(server);
  });

  it("after the parent was killed while the server was paused", async () => {
    const { child, server } = await parent("pause");
    child.kill("SIGKILL");
    await child.end();
    await expectNothingLeft(server);
  });

  it("after the parent threw", async () => {
    const { child, server } = await parent("throw");
    expect(await child.end()).toBe(1);
    await expectNothingLeft(server);
  });

  it("after the parent came to its end without stopping it: a started server keeps nobody alive", async () => {
    const { child, server } = await parent("end");
    expect(await child.end()).toBe(0);
    await expectNothingLeft(server);
  });
});

it("ends gracefully with a killed parent when its store is to be kept", async () => {
  const storeDir = `${root}/kept`;
  const { child, server } = await parent("wait", storeDir);
  child.kill("SIGKILL");
  await child.end();
  await expectNothingLeft(server);
  expect(existsSync(`${storeDir}/jetstream`)).toBe(true);
});

it("does not see the Ctrl-C that reaches the parent's process group", async () => {
  const { child, server } = await parent("on-interrupt");
  process.kill(-child.pid, "SIGINT");
  expect(await child.end(), child.stderr).toBe(0);
  expect(child.lines[1]).toBe("health at the end: 200");
  await expectNothingLeft(server);
});
