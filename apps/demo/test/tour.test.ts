import { describe, expect, test } from "vitest";
import { runDemo, startDemo } from "./support/run-demo.js";
import { useServer } from "./support/use-server.js";

const PROOF = [
  "✓ nothing is missing: 28,000 of 28,000 records read back from the server",
  "✓ nothing is there twice",
  "✓ order is kept per key",
  "✓ each key sits on one partition: 59 keys",
  "✓ every payload is the one that was read from the input",
];

describe("the tour", () => {
  test("ends with a proof, a table and exit code 0", async () => {
    const { code, stdout, stderr } = await runDemo([]);
    expect(stderr).not.toMatch(/Error|✗/);
    for (const line of PROOF) expect(stdout).toContain(line);
    expect(stdout).toMatch(/non-blocking: 20,000 records stored in [\d.]+ m?s, [\d,]+ msg\/s/);
    expect(stdout).toMatch(/one by one: 2,000 records stored/);
    expect(stdout).toMatch(/to two stations: 2,000 records stored/);
    expect(stdout).toMatch(/│ station │ partition │ messages │ +payload │ keys │ +msg\/s │/);
    expect(stdout.match(/│ flights +│ +[1-4] │/g)).toHaveLength(4);
    expect(stdout).toMatch(/│ produce to ack .* p50 .* p90 .* p99 .* p99\.9 │/);
    expect(stdout).toMatch(/Peak memory: [\d.]+ MB/);
    expect(code).toBe(0);
  });

  test.each(["2.10", "2.15"])("runs on nats-server %s when the environment asks for it", async (version) => {
    const { code, stdout } = await runDemo(["--json"], { env: { NATS_EMBEDDED_VERSION: version } });
    const summary = JSON.parse(stdout) as { ok: boolean; server: { version: string }; runs: { stored: number }[] };
    expect(summary.server.version.startsWith(`${version}.`)).toBe(true);
    expect(summary.ok).toBe(true);
    expect(summary.runs.map(({ stored }) => stored)).toEqual([20_000, 2_000, 2_000, 2_000]);
    expect(code).toBe(0);
  });

  test("works on silently when nobody reads its report any more", async () => {
    const demo = startDemo([]);
    demo.process.stdout.once("data", () => demo.process.stdout.destroy());
    const { code, stderr } = await demo.result;
    expect(stderr).not.toMatch(/EPIPE|Error/);
    expect(code).toBe(0);
  });

  test("is stopped by Ctrl-C with what was stored until then", async () => {
    const demo = startDemo([]);
    const reached = new Promise<void>((resolve) => {
      demo.process.stdout.on("data", (text: string) => {
        if (text.includes("20,000 US flights")) resolve();
      });
    });
    await reached;
    demo.process.kill("SIGINT");
    const { code, stderr } = await demo.result;
    expect(stderr).toMatch(/Interrupted\. Records stored until then: non-blocking: [\d,]+/);
    expect(code).toBe(130);
  });
});

describe("the tour on another server", () => {
  const server = useServer();

  test("leaves nothing behind", async () => {
    const { code, stdout } = await runDemo(["--server", server.url, "--no-progress"]);
    expect(stdout).toContain(PROOF[0]);
    expect(code).toBe(0);
    const left: string[] = [];
    for await (const station of server.admin.list()) left.push(station.name);
    expect(left).toEqual([]);
  });
});
