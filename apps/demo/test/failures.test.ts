import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { type NatsServer, startNats } from "@stationkit/embedded-nats";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { finalSubject, parseStationName, partitionStream } from "@stationkit/core-protocol";
import { runDemo, startDemo } from "./support/run-demo.js";
import { useServer } from "./support/use-server.js";

const server = useServer();

function lines(count: number): string {
  return Array.from({ length: count }, (_, i) => `line ${i}\n`).join("");
}

async function freePort(): Promise<number> {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const address = holder.address();
  await new Promise((resolve) => holder.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("a server that cannot be used", () => {
  let locked: NatsServer;
  let plain: NatsServer;

  beforeAll(async () => {
    locked = await startNats({ config: { authorization: { user: "ada", password: "right" } } });
    plain = await startNats({ jetstream: false });
  });
  afterAll(async () => {
    await locked.stop();
    await plain.stop();
  });

  const input = ["--input", "-", "--format", "lines"];

  test("is not there", async () => {
    const { code, stderr } = await runDemo([...input, "--server", `127.0.0.1:${await freePort()}`], { stdin: "a\n" });
    expect(stderr).toContain("Is a nats-server running there? Without --server the demo starts one of its own.");
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
  });

  test("refuses the password", async () => {
    const login = ["--server", locked.url, "--user", "ada", "--password", "wrong"];
    const { code, stderr } = await runDemo([...input, ...login], { stdin: "a\n" });
    expect(stderr).toContain("The server refused the login: check --user and --password");
    expect(stderr).not.toMatch(/wrong|\n\s+at /);
    expect(code).toBe(1);
  });

  test("takes the right password, also from the environment", async () => {
    const login = ["--server", locked.url, "--user", "ada"];
    expect((await runDemo([...input, ...login, "--password", "right"], { stdin: "a\n" })).code).toBe(0);
    const env = { NATS_PASSWORD: "right" };
    expect((await runDemo([...input, ...login], { stdin: "a\n", env })).code).toBe(0);
  });

  test("has JetStream off", async () => {
    const { code, stderr } = await runDemo([...input, "--server", plain.url], { stdin: "a\n" });
    expect(stderr).toContain("Start the server with JetStream on: nats-server -js.");
    expect(code).toBe(1);
  });

  test("is told as JSON, too", async () => {
    const { code, stdout } = await runDemo([...input, "--server", plain.url, "--json"], { stdin: "a\n" });
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: expect.stringContaining("JetStream") as string });
    expect(code).toBe(1);
  });
});

describe("arguments that cannot be right", () => {
  test.each([
    [["--input", "/no/such/file.ndjson"], "cannot read /no/such/file.ndjson: there is no such file"],
    [["--input", "/tmp", "--format", "lines"], "cannot read /tmp: it is a directory"],
    [["--input", "-"], "stdin has no file name: add --format ndjson|csv|lines"],
    [["--input", "-", "--format", "xml"], "Allowed choices are ndjson, csv, lines"],
    [["--input", "-", "--format", "lines", "--key", "a"], "--key needs records with fields"],
    [["--station", "x", "--key", "a"], "--key, --station only means something together with --input"],
    [["--user", "x"], "--user is about a server that runs already: name it with --server"],
    [["--server", "x", "--nats-version", "2.10"], "--nats-version is about a server that is started here"],
    [["--partitions", "1.5"], "It must be a whole number from 1 to 10000."],
    [["--bogus"], "unknown option '--bogus'"],
    [["file.ndjson"], "too many arguments"],
    [["--input", "-", "--format", "lines", "--nats-version", "9.9.9"], "no nats-server (9.9.9)"],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await runDemo(args, { env: { NATS_EMBEDDED_DOWNLOAD: "0" } });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });

  test("a station name that Memphis would not take", async () => {
    const args = ["--input", "-", "--format", "lines", "--station", "my station!", "--server", server.url];
    const { code, stderr } = await runDemo(args, { stdin: "a\n" });
    expect(stderr).toContain('invalid station name "my station!"');
    expect(code).toBe(1);
  });

  test("--debug shows where it came from", async () => {
    const { stderr } = await runDemo(["--input", "/no/such/file.csv", "--debug"]);
    expect(stderr).toMatch(/\n\s+at /);
  });

  test("--help lists every option", async () => {
    const { code, stdout } = await runDemo(["--help"]);
    const program = readFileSync(new URL("../src/cli/program.ts", import.meta.url), "utf8");
    const options = [...program.matchAll(/new Option\("(?:-\w, )?(--[a-z-]+)/g)].map(([, flag]) => flag ?? "");
    expect(options.length).toBeGreaterThan(25);
    for (const option of options) expect(stdout).toContain(option);
    expect(code).toBe(0);
  });
});

describe("a proof that does not hold", () => {
  test("because the station dropped records", async () => {
    const station = server.station();
    await server.admin.create({ name: station, retention: { type: "messages", maxMessages: 10 } });
    const args = ["--input", "-", "--format", "lines", "-s", station, "--server", server.url];
    const { code, stderr } = await runDemo(args, { stdin: lines(100) });
    expect(stderr).toContain("✗ 90 records are missing");
    expect(stderr).toContain(`${station}: record 1, 2, 3, 4, 5, …`);
    expect(code).toBe(1);
  });

  test("because somebody stored one record a second time, and one that was never read", async () => {
    const station = server.station();
    const { name } = await server.admin.create({ name: station });
    const subject = finalSubject(partitionStream(parseStationName(name), 1));
    const { natsConnection } = server.connection;
    let seen = 0;
    const subscription = natsConnection.subscribe(subject, {
      callback: (_, { data, headers }) => {
        // Without an id it is one that was published here.
        if (headers?.has("Nats-Msg-Id") !== true) return;
        headers.delete("Nats-Msg-Id");
        // The first as it is; the second with the place of a record that was never read.
        if (seen++ > 0) headers.set("x-record", headers.get("x-record").replace(".1.", ".zz."));
        natsConnection.publish(subject, data, { headers });
      },
    });
    const demo = startDemo(["--input", "-", "--format", "lines", "-s", station, "--server", server.url], {
      stdin: null,
    });
    demo.process.stdin.write(lines(2));
    await vi.waitFor(async () => {
      expect(await server.count(station)).toBe(4);
    }, 20_000);
    subscription.unsubscribe();
    demo.process.stdin.end();
    const { code, stderr, stdout } = await demo.result;
    expect(stderr).toContain("✗ 1 record is there twice");
    expect(stderr).toContain("✗ 1 record was never in the input");
    expect(stdout).toContain("✓ nothing is missing");
    expect(code).toBe(1);
  });

  test("because the station was destroyed meanwhile: the job stops and tells the numbers", async () => {
    const station = server.station();
    const args = ["--input", "-", "--format", "lines", "-s", station, "--server", server.url];
    const demo = startDemo(args, { stdin: null });
    demo.process.stdin.write(lines(3));
    await vi.waitFor(async () => {
      expect(await server.count(station)).toBe(3);
    }, 20_000);
    await server.admin.destroy(station);
    demo.process.stdin.end(lines(3));
    const { code, stderr } = await demo.result;
    expect(stderr).toMatch(/does not exist/);
    expect(code).toBe(1);
  });
});
