import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kafkaPartitioner, memphisPartitioner, nats } from "@stationkit/partitioner";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runDemo } from "./support/run-demo.js";
import { useServer } from "./support/use-server.js";

const server = useServer();
let directory = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "demo-import-"));
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

function orders(count: number): string[] {
  return Array.from({ length: count }, (_, i) => JSON.stringify({ id: i, customer: { id: `c${i % 7}` } }));
}

/** Payloads of a station, by partition. */
async function payloads(station: string): Promise<string[][]> {
  const { partitions } = await server.admin.describe(station);
  return Promise.all(
    partitions.map(async ({ stream, firstSequence, lastSequence }) => {
      const found: string[] = [];
      for (let seq = firstSequence; seq <= lastSequence; seq++) {
        const answer = await server.connection.jetStream.request<{ message: { data: string } }>(
          `STREAM.MSG.GET.${stream}`,
          { seq },
        );
        found.push(Buffer.from(answer.message.data, "base64").toString("latin1"));
      }
      return found;
    }),
  );
}

describe("records arrive", () => {
  test("from NDJSON, by key, spread over partitions", async () => {
    const station = server.station();
    const lines = orders(200);
    const input = file("orders.ndjson", `${lines.join("\r\n")}\r\n\r\n`);
    const args = ["--input", input, "--key", "customer.id", "--partitions", "3", "--station", station];
    const { code, stdout } = await runDemo([...args, "--server", server.url]);
    expect(stdout).toContain("200 records stored");
    expect(stdout).toContain("1 empty line was passed over");
    expect(stdout).toContain("✓ nothing is missing: 200 of 200 records read back from the server");
    expect(stdout).toContain("✓ each key sits on one partition: 7 keys");
    expect(code).toBe(0);
    expect((await payloads(station)).flat().sort()).toEqual([...lines].sort());
  });

  test.each([
    ["memphis", memphisPartitioner()],
    ["kafka", kafkaPartitioner()],
    ["nats", nats()],
  ])("on the partitions that %s gives their keys", async (name, partitioner) => {
    const station = server.station();
    const input = file("keys.ndjson", orders(7).join("\n"));
    const args = ["--input", input, "--key", "customer.id", "--partitions", "3", "--partitioner", name];
    const { code } = await runDemo([...args, "--station", station, "--server", server.url]);
    expect(code).toBe(0);
    const stored = await payloads(station);
    for (const line of orders(7)) {
      const { customer } = JSON.parse(line) as { customer: { id: string } };
      const partition = partitioner({ key: customer.id, partitions: [1, 2, 3], station });
      expect(stored[partition - 1]).toContain(line);
    }
  });

  test("from CSV on stdin, one by one", async () => {
    const station = server.station();
    const { code, stdout } = await runDemo(
      ["--input", "-", "--format", "csv", "--key", "id", "--sync", "--station", station, "--server", server.url],
      { stdin: 'id,name\n1,"a, b"\n2,\n' },
    );
    expect(stdout).toContain("one by one");
    expect(code).toBe(0);
    expect(await payloads(station)).toEqual([['{"id":"1","name":"a, b"}', '{"id":"2","name":""}']]);
  });

  test("from lines of any bytes, as they are", async () => {
    const station = server.station();
    const bytes = Buffer.from([0xff, 0x00, 0x80, 0x0a, 0x41]);
    const args = ["--format", "lines", "--station", station, "--server", server.url];
    const { code, stdout } = await runDemo(["--input", file("bytes", bytes), ...args]);
    expect(stdout).toContain("✓ order is kept per partition");
    expect(code).toBe(0);
    expect(await payloads(station)).toEqual([["\xff\x00\x80", "A"]]);
  });

  test("up to a limit, with the settings that were asked for", async () => {
    const station = server.station();
    const settings = ["--storage", "memory", "--max-age-ms", "60000", "--replicas", "1", "--in-flight", "5"];
    const { code, stdout } = await runDemo(
      ["--input", "-", "-f", "ndjson", "--limit", "12", ...settings, "-s", station, "--server", server.url, "--json"],
      { stdin: orders(50).join("\n") },
    );
    const summary = JSON.parse(stdout) as {
      input: { end: string };
      runs: { stored: number }[];
      proof: { read: number };
    };
    expect(summary).toMatchObject({ ok: true, input: { end: "limit-reached" }, proof: { holds: true, read: 12 } });
    expect(code).toBe(0);
    const described = await server.admin.describe(station);
    expect(described.totals.messages).toBe(12);
    expect(described.settings).toMatchObject({ storage: "memory", retention: { type: "age", maxAgeMs: 60_000 } });
  });

  test("in a station that holds others already: only those of this run are judged", async () => {
    const station = server.station();
    const args = ["--input", file("more.ndjson", orders(30).join("\n")), "--station", station, "--server", server.url];
    await runDemo(args);
    const { code, stdout, stderr } = await runDemo([...args, "--partitions", "4", "--no-verify"]);
    expect(stdout).toContain("1 partition, with 30 messages before this run");
    expect(stderr).toContain("keeps its settings (partitions: 1, not 4)");
    expect(stdout).not.toContain("Proof");
    expect(code).toBe(0);
    const proven = await runDemo(args);
    expect(proven.stdout).toContain("30 of 30 records read back");
    expect(await server.count(station)).toBe(90);
  });

  test("from an empty input are none, which is no error", async () => {
    const { code, stdout } = await runDemo(["--input", "-", "--format", "lines", "--server", server.url]);
    expect(stdout).toContain("stdin has no records: nothing was stored.");
    expect(code).toBe(0);
  });

  test("to a server of the demo's own, whose files stay when asked for", async () => {
    const store = join(directory, "store");
    const { code, stdout } = await runDemo([
      "--input",
      file("a.log", "x\ny\n"),
      "--store-dir",
      store,
      "--nats-version",
      "2.10",
    ]);
    expect(stdout).toMatch(/nats-server 2\.10\.\d+ at .*, started for this run/);
    expect(code).toBe(0);
  });

  test("quietly when asked to", async () => {
    const station = server.station();
    const input = file("q.log", "x\n");
    expect(await runDemo(["--input", input, "-q", "-s", station, "--server", server.url])).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });
});

describe("bad input", () => {
  const before = "16 records were stored before it, none after it. --skip-bad passes over bad records.";

  test.each([
    ["is not JSON", "{oops", "not JSON: "],
    ["lacks the key field", '{"id":1}', 'the key field "customer.id" is missing. '],
    ["is too long", `"${"x".repeat(300)}"`, "longer than the limit of 200 bytes (--max-line-bytes). "],
  ])("stops at a line that %s, and tells what was stored", async (_, bad, problem) => {
    const station = server.station();
    const input = file("bad.ndjson", [...orders(16), bad, ...orders(100)].join("\n"));
    const args = [
      "--input",
      input,
      "--key",
      "customer.id",
      "--max-line-bytes",
      "200",
      "-s",
      station,
      "--server",
      server.url,
    ];
    const { code, stderr } = await runDemo(args);
    expect(stderr).toContain(`bad.ndjson, line 17: ${problem}`);
    expect(stderr).toContain(before);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
    expect(await server.count(station)).toBe(16);
  });

  test("is passed over and counted with --skip-bad", async () => {
    const station = server.station();
    const lines = orders(100);
    for (let i = 0; i < 100; i += 5) lines[i] = "{oops";
    const args = ["--input", "-", "--format", "ndjson", "--key", "customer.id", "--skip-bad", "-s", station];
    const { code, stdout, stderr } = await runDemo([...args, "--server", server.url], { stdin: lines.join("\n") });
    expect(stderr).toContain("stdin, line 6: not JSON");
    expect(stderr).toContain("Further bad records are only counted.");
    expect(stdout).toContain("20 bad records were skipped.");
    expect(stdout).toContain("80 of 80 records read back");
    expect(code).toBe(0);
    expect(await server.count(station)).toBe(80);
  });

  test("stops at a CSV row with other columns than the header", async () => {
    const station = server.station();
    const args = ["--input", "-", "--format", "csv", "-s", station, "--server", server.url];
    const { code, stderr } = await runDemo(args, { stdin: "a,b\n1,2\n3,4\n5\n6,7\n" });
    expect(stderr).toContain("stdin, line 4: 1 columns where the header has 2. 2 records were stored before it");
    expect(code).toBe(1);
    expect(await server.count(station)).toBe(2);
  });

  test("names a record that is larger than the server takes", async () => {
    const station = server.station();
    const large = "x".repeat(1_048_570);
    const args = ["--input", "-", "--format", "lines", "-s", station, "--server", server.url];
    const { code, stderr } = await runDemo(args, { stdin: `a\n${large}\nb\n` });
    expect(stderr).toMatch(/stdin, line 2: the message takes \d+ bytes with its headers; .* takes at most 1048576/);
    expect(code).toBe(1);
    const skipped = await runDemo([...args, "--skip-bad"], { stdin: `a\n${large}\nb\n` });
    expect(skipped.stdout).toContain("2 of 2 records read back");
    expect(skipped.code).toBe(0);
  });

  test("does not let the input write to the terminal", async () => {
    const args = ["--input", "-", "--format", "ndjson", "-s", server.station(), "--server", server.url];
    const { stderr } = await runDemo(args, { stdin: "\u001b[2Jboo\n" });
    expect(stderr).not.toContain("\u001b");
  });
});
