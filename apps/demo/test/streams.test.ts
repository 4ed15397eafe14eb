import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { connect } from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";
import { startNats } from "@stationkit/embedded-nats";
import { describe, expect, test, vi } from "vitest";
import { type DemoResult, type RunningDemo, startDemo } from "./support/run-demo.js";
import { useServer } from "./support/use-server.js";

const server = useServer();
const MEGABYTE = 1_000_000;

interface Flood {
  readonly bytes: number;
  readonly line: (index: number) => string;
}

/** Chunks of about 64 kB. */
function* chunks({ bytes, line }: Flood): Generator<string, void, undefined> {
  let text = "";
  for (let written = 0, index = 0; written < bytes; index++) {
    text += line(index);
    if (text.length < 65_536) continue;
    written += text.length;
    yield text;
    text = "";
  }
  yield text;
}

/** Writes lines, as fast as the demo reads them, until it has gone or has them all. */
async function pour(demo: RunningDemo, flood: Flood): Promise<void> {
  await pipeline(Readable.from(chunks(flood)), demo.process.stdin).catch((error: unknown) => {
    expect((error as NodeJS.ErrnoException).code).toMatch(/EPIPE|ERR_STREAM_PREMATURE_CLOSE|ECONNRESET/);
  });
}

function storedIn(text: string): number {
  return Number(/([\d,]+) records? (?:is|are) stored/.exec(text)?.[1]?.replaceAll(",", ""));
}

async function interrupt(signal: NodeJS.Signals): Promise<{ result: DemoResult; stored: number; inStation: number }> {
  const station = server.station();
  const args = ["--input", "-", "--format", "ndjson", "--key", "k", "-p", "3", "-s", station, "--server", server.url];
  const demo = startDemo(args, { stdin: null });
  const poured = pour(demo, { bytes: 1_000 * MEGABYTE, line: (i) => `{"k":${i % 10},"i":${i}}\n` });
  await vi.waitFor(async () => {
    expect(await server.count(station)).toBeGreaterThan(2_000);
  }, 30_000);
  demo.process.kill(signal);
  const result = await demo.result;
  await poured;
  return { result, stored: storedIn(result.stderr), inStation: await server.count(station) };
}

describe("a signal in the middle of a long stream", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s flushes and reports: the numbers are the server's", async (signal, exitCode) => {
    const { result, stored, inStation } = await interrupt(signal);
    expect(result.stderr).toContain("Interrupted.");
    expect(stored).toBeGreaterThan(2_000);
    expect(inStation).toBe(stored);
    expect(result.code).toBe(exitCode);
  });

  test("a second Ctrl-C ends at once, the same one passed on by npm does not", async () => {
    const demo = startDemo(["--input", "-", "--format", "lines", "-s", server.station(), "--server", server.url], {
      stdin: null,
    });
    await once(demo.process.stdout, "data");
    demo.process.kill("SIGINT");
    demo.process.kill("SIGINT");
    const { code, stderr } = await demo.result;
    expect(stderr).toContain("Interrupted. 0 records are stored");
    expect(code).toBe(130);
  });
});

test("a reader that has gone away does not stop the import", async () => {
  const station = server.station();
  const demo = startDemo(["--input", "-", "--format", "lines", "-s", station, "--server", server.url], {
    stdin: null,
  });
  demo.process.stdout.destroy();
  demo.process.stderr.destroy();
  demo.process.stdin.end("a\nb\n");
  expect((await demo.result).code).toBe(0);
  expect(await server.count(station)).toBe(2);
});

test("a server that crashes and comes back loses nothing and doubles nothing", async () => {
  await using crashing = await startNats();
  await using observer = await connect({ servers: crashing.url });
  const args = ["--input", "-", "--format", "ndjson", "--key", "k", "-p", "2", "--server", crashing.url, "--json"];
  const demo = startDemo(args, { stdin: null });
  const poured = pour(demo, {
    bytes: 8 * MEGABYTE,
    line: (i) => `{"k":${i % 100},"i":${i},"text":"${"x".repeat(100)}"}\n`,
  });
  await vi.waitFor(async () => {
    expect((await createStationAdmin(observer).describe("demo")).totals.messages).toBeGreaterThan(1_000);
  }, 30_000);
  await crashing.kill();
  await crashing.restart();
  await poured;
  const { code, stdout } = await demo.result;
  const summary = JSON.parse(stdout) as { runs: { stored: number; admitted: number }[]; proof: { holds: boolean } };
  expect(summary.proof.holds).toBe(true);
  expect(summary.runs[0]!.stored).toBe(summary.runs[0]!.admitted);
  expect(code).toBe(0);
});

test("a large input takes bounded memory", async () => {
  const args = ["--input", "-", "--format", "ndjson", "--key", "k", "-p", "2", "--json", "--no-progress"];
  const demo = startDemo(args, { stdin: null });
  const text = "x".repeat(4_000);
  await pour(demo, { bytes: 200 * MEGABYTE, line: (i) => `{"k":${i % 1_000},"i":${i},"text":"${text}"}\n` });
  const { code, stdout } = await demo.result;
  const summary = JSON.parse(stdout) as { peakRssBytes: number; runs: { stored: number }[]; proof: { holds: boolean } };
  expect(summary.runs[0]!.stored).toBeGreaterThan(49_000);
  expect(summary.proof.holds).toBe(true);
  expect(summary.peakRssBytes).toBeLessThan(250 * MEGABYTE);
  expect(code).toBe(0);
});

test("one endless line takes bounded memory", async () => {
  const demo = startDemo(["--input", "-", "--format", "ndjson", "--json", "--server", server.url, "--skip-bad"], {
    stdin: null,
  });
  await pour(demo, { bytes: 100 * MEGABYTE, line: () => "x".repeat(10_000) });
  const { code, stdout, stderr } = await demo.result;
  expect(stderr).toContain("stdin, line 1: longer than the limit of 1048576 bytes");
  expect((JSON.parse(stdout) as { peakRssBytes: number }).peakRssBytes).toBeLessThan(250 * MEGABYTE);
  expect(code).toBe(0);
});
