import { compileFunction } from "node:vm";
import { readFile, writeFile, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { address, LOGIN, useStage } from "./support/stage.js";

/*
 * The examples of memphis-dev's own README, as its package brings it, run word for word against the bridge, but for what stands in
 * `changes`: where the broker is, and that an exception is a failure.
 */

const stage = useStage();
const readmeUrl = new URL("../README.md", `file://${createRequire(import.meta.url).resolve("memphis-dev")}`);
const readme = await readFile(readmeUrl, "utf8");

interface Example {
  readonly name: string;
  readonly code: string;
}

/** Every complete function of the README; two of them share a name. */
const examples: Example[] = [
  ...readme.matchAll(/^```(?:typescript|js)\n(async function (\w+)\(\)\{\n.*?^\}\n)```$/gms),
].map(([, code, name]) => ({ name: name!, code: code! }));

/** What cannot run anywhere, or needs what one server has not, with the reason. */
const unfit: Readonly<Record<string, RegExp>> = {
  connectPasswordCloud: /cloud\.memphis\.dev/,
  // The host of the example has no such files.
  connectTLS: /tls_file_path/,
  // The test of the command does this: a server has users or a token.
  connectToken: /connectionToken/,
  // Three servers: a Memphis broker alone refuses it as well.
  stationWithReplicas: /replicas: 3/,
};

/** An object literal that is none. */
const isBroken = ({ code }: Example): boolean => code.includes('{trace_header_example, "track_me_123"}');

function changes({ code }: Example): string {
  const login = `...${JSON.stringify(address(stage.server.port))}`;
  const account = `username: "${LOGIN.username}", password: "${LOGIN.password}"`;
  return code
    .replace("connect({...})", `connect({ ${login}, ${account} })`)
    .replace('host: "localhost"', login)
    .replaceAll("// Handle exception", "throw exception;")
    .replace(/\}\n$/, "return memphisConnection; }");
}

beforeAll(async () => {
  const memphis = await stage.memphis();
  const folder = await mkdtemp(join(tmpdir(), "memphis-readme-"));
  const schemaFilePath = join(folder, "schema");
  await writeFile(schemaFilePath, '{"type":"object"}');
  // As the README takes for granted; its name has an upper-case letter there, which no SDK lets one create.
  await memphis.createSchema({ schemaName: "sensorlogs", schemaType: "json", schemaFilePath });
  await rm(folder, { recursive: true });
});

describe("memphis-dev's README", () => {
  it("has its examples where this test looks for them", () => {
    expect(examples.length).toBeGreaterThan(20);
    expect(examples.filter(isBroken)).toHaveLength(1);
    for (const [name, sign] of Object.entries(unfit)) {
      expect(examples.find((example) => example.name === name)?.code).toMatch(sign);
    }
  });

  it.each(examples.filter((example) => unfit[example.name] === undefined && !isBroken(example)))(
    "has an example $name that works",
    async (example) => {
      const { createMemphisInstance } = await import("memphis-dev");
      const memphis = createMemphisInstance();
      // The examples are text of a package that is installed here; there is no other way to run what is not a file.
      const run = compileFunction(`return (${changes(example)})()`, ["memphis"]) as (memphis: unknown) => unknown;
      const result = await run(memphis);
      expect(result).toBe(memphis);
      expect(memphis.isConnected()).toBe(true);
      await memphis.close();
    },
  );
});
