import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundle } from "@stationkit/test-kit/bundle";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { connectOptions, useCompatBroker } from "./support/compat.js";
import { examplesThatNeed } from "./support/memphis-readme.js";

const broker = useCompatBroker();
const run = promisify(execFile);

/** A folder in which the package is installed, as plain Node sees it. */
const project = mkdtempSync(join(tmpdir(), "memphis-compat-import-"));
const NAME = "@stationkit/memphis-compat";
const TIMEOUT_MS = 60_000;

beforeAll(async () => {
  const installed = join(project, "node_modules", NAME);
  mkdirSync(installed, { recursive: true });
  await bundle({ index: fileURLToPath(new URL("../src/index.ts", import.meta.url)) }, installed);
  const manifest = { name: NAME, type: "module", exports: { ".": { default: "./index.mjs" } } };
  writeFileSync(join(installed, "package.json"), JSON.stringify(manifest));
});

afterAll(() => {
  rmSync(project, { recursive: true });
});

/** @returns the file's path. */
function program(file: string, code: string): string {
  const path = join(project, file);
  writeFileSync(path, code);
  return path;
}

const USE = `
async function main() {
  const connected = await memphis.connect(JSON.parse(process.argv[2]));
  await connected.produce({ stationName: process.argv[3], producerName: "p", message: "hello", asyncProduce: false });
  const [message] = await connected.fetchMessages({ stationName: process.argv[3], consumerName: "c", batchSize: 1 });
  console.log(message.getData().toString());
  message.ack();
  await connected.close();
}
main();
`;

describe("what memphis-dev's users write to load it", () => {
  it.each(examplesThatNeed("nothing").map(({ code }) => [code.trim(), code] as const))(
    "works with the name changed: %s",
    async (title, code) => {
      const file = title.includes("require(") ? "program.cjs" : "program.mjs";
      const path = program(file, code.replace("memphis-dev", NAME) + USE);
      const options = JSON.stringify(connectOptions(broker.url));
      const { stdout, stderr } = await run(process.execPath, [path, options, broker.station()], {
        timeout: TIMEOUT_MS,
      });
      expect({ stdout, stderr }).toEqual({ stdout: "hello\n", stderr: "" });
    },
  );

  it("gives the same instance to both, and by default export", async () => {
    const code = `
      import { createRequire } from "node:module";
      import everything, { memphis } from "${NAME}";
      const required = createRequire(import.meta.url)("${NAME}");
      console.log(required.memphis === memphis, everything.memphis === memphis, required.default.memphis === memphis);
    `;
    const { stdout } = await run(process.execPath, [program("both.mjs", code)], { timeout: TIMEOUT_MS });
    expect(stdout).toBe("true true true\n");
  });
});

describe("the example programs in memphis-dev's package", () => {
  const folder = join(dirname(createRequire(import.meta.url).resolve("memphis-dev")), "../examples");

  /** With the name of the package and the address changed, and nothing else. */
  function example(name: string, station: string): string {
    const { hostname, port } = new URL(broker.url);
    const code = readFileSync(join(folder, name), "utf8")
      .replace("memphis-dev", NAME)
      .replace("'<memphis-host>'", `'${hostname}', port: ${port}, timeoutMs: 20000`)
      .replaceAll("<application type username>", "root")
      .replaceAll("<account-id>", "1")
      .replaceAll("<station-name>", station)
      .replaceAll(/<(key|value|producer-name|consumer-name)>/g, "$1");
    return program(name.replace(".js", ".cjs"), code);
  }

  it("produce and consume", async () => {
    const station = broker.station();
    const produced = await run(process.execPath, [example("producer.js", station)], { timeout: TIMEOUT_MS });
    expect(produced).toEqual({ stdout: "", stderr: "" });
    const reader = spawn(process.execPath, [example("consumer.js", station)], { stdio: ["ignore", "pipe", "pipe"] });
    try {
      const text = collect(reader);
      await vi.waitFor(() => {
        expect(text()).toBe("Message: Hello world\n");
      }, TIMEOUT_MS);
    } finally {
      await end(reader);
    }
  });
});

function collect(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (data: Buffer) => {
      text += data.toString();
    });
  }
  return () => text;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill();
  await ended;
}
