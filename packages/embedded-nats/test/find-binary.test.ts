import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { currentPlatform } from "../src/binary/platform.js";
import { BinaryNotFoundError, findBinary, startNats, type FindBinaryOptions } from "../src/index.js";
import { cleanEnvironment } from "./support/environment.js";
import { writeFakeBinary } from "./support/fake-binary.js";
import { temporaryDirectory } from "./support/temporary-directory.js";

const root = temporaryDirectory();
let caseNumber = 0;
let folder = "";

/** Puts a directory with a fake nats-server before everything else on PATH. */
async function onPath(version: string): Promise<string> {
  const path = await writeFakeBinary(join(folder, `path-${version}`, "nats-server"), version);
  vi.stubEnv("PATH", `${dirname(path)}${delimiter}${process.env["PATH"] ?? ""}`);
  return path;
}

function inCache(version: string): Promise<string> {
  return writeFakeBinary(join(folder, "cache", version, currentPlatform().id, "nats-server"), version);
}

async function failure(options: FindBinaryOptions): Promise<BinaryNotFoundError> {
  const error: unknown = await findBinary(options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(BinaryNotFoundError);
  return error as BinaryNotFoundError;
}

cleanEnvironment();
beforeEach(() => {
  caseNumber += 1;
  folder = join(root, String(caseNumber));
  mkdirSync(folder);
  vi.stubEnv("NATS_EMBEDDED_DOWNLOAD_DIR", join(folder, "cache"));
  vi.stubEnv("NATS_EMBEDDED_DOWNLOAD", "off");
});

describe("the order of the search", () => {
  it("takes the option before the variable, PATH and the cache", async () => {
    const given = await writeFakeBinary(join(folder, "given/nats-server"), "2.11.1");
    vi.stubEnv("NATS_EMBEDDED_BINARY", await writeFakeBinary(join(folder, "env/nats-server"), "2.11.2"));
    await onPath("2.11.3");
    await inCache("2.15.1");
    expect(await findBinary({ binary: given })).toEqual({ path: given, version: "2.11.1", source: "option" });
  });

  it("takes the variable before PATH and the cache", async () => {
    const given = await writeFakeBinary(join(folder, "env/nats-server"), "2.11.2");
    vi.stubEnv("NATS_EMBEDDED_BINARY", given);
    await onPath("2.11.3");
    await inCache("2.15.1");
    expect(await findBinary()).toEqual({ path: given, version: "2.11.2", source: "environment" });
  });

  it("takes PATH before the cache", async () => {
    const path = await onPath("2.11.3");
    await inCache("2.15.1");
    expect(await findBinary()).toEqual({ path, version: "2.11.3", source: "PATH" });
  });

  it("takes the cache when nothing on PATH is new enough", async () => {
    await onPath("2.9.25");
    const path = await inCache("2.15.1");
    expect(await findBinary()).toEqual({ path, version: "2.15.1", source: "cache" });
  });
});

describe("a given executable", () => {
  it("is an error when it does not exist, whatever else there is", async () => {
    await onPath("2.11.3");
    const error = await failure({ binary: join(folder, "nothing") });
    expect(error.attempts).toHaveLength(1);
    expect(error.message).toContain("does not exist");
  });

  it("is an error when it is not of the wanted version", async () => {
    const binary = await writeFakeBinary(join(folder, "given/nats-server"), "2.11.1");
    expect((await failure({ binary, version: "2.15.1" })).attempts[0]?.reason).toBe("is 2.11.1");
  });

  it("is an error when it is older than 2.10.0", async () => {
    const binary = await writeFakeBinary(join(folder, "given/nats-server"), "2.9.25");
    expect((await failure({ binary })).attempts[0]?.reason).toBe("is 2.9.25, older than 2.10.0");
  });

  it("is an error when it is not nats-server", async () => {
    expect((await failure({ binary: process.execPath, version: "2.15.1" })).attempts[0]?.reason).toMatch(/^is \d/);
    expect((await failure({ binary: "/bin/true" })).attempts[0]?.reason).toContain("printed no version");
  });
});

describe("a wanted version", () => {
  it("passes by another one on PATH", async () => {
    await onPath("2.15.1");
    const path = await inCache("2.10.27");
    expect(await findBinary({ version: "2.10" })).toMatchObject({ path, source: "cache" });
    expect(await findBinary({ version: "2.10.27" })).toMatchObject({ path, source: "cache" });
  });

  it("comes from NATS_EMBEDDED_VERSION where the option is silent", async () => {
    await onPath("2.15.1");
    const path = await inCache("2.10.27");
    vi.stubEnv("NATS_EMBEDDED_VERSION", "2.10");
    expect(await findBinary()).toMatchObject({ path });
    expect(await findBinary({ version: "2.15" })).toMatchObject({ source: "PATH" });
  });

  it("of a line brings the newest of that line in the cache", async () => {
    await inCache("2.10.9");
    const path = await inCache("2.10.27");
    await inCache("2.11.0");
    expect(await findBinary({ version: "2.10" })).toMatchObject({ path });
  });

  it("that was fetched earlier does not become the server of those who want none in particular", async () => {
    await inCache("2.10.27");
    await failure({});
    writeFileSync(
      join(folder, "cache/2.10.27", currentPlatform().id, "install.json"),
      JSON.stringify({ origin: "ubuntu devel", newest: true }),
    );
    expect(await findBinary()).toMatchObject({ version: "2.10.27" });
  });
});

it("passes by a cached file that does not run on this machine", async () => {
  const path = await inCache("2.15.1");
  writeFileSync(path, "not an executable");
  expect((await failure({})).attempts).toEqual([
    expect.objectContaining({ source: "PATH" }),
    expect.objectContaining({ source: "cache", reason: expect.stringContaining(path) as string }),
    expect.objectContaining({ source: "download", reason: "turned off by NATS_EMBEDDED_DOWNLOAD" }),
  ]);
});

it("names every place that was looked at, why each failed, and what to do", async () => {
  const old = await onPath("2.9.25");
  const error = await failure({ download: false });
  expect(error.attempts).toEqual([
    { source: "PATH", reason: `${old} is 2.9.25, older than 2.10.0` },
    { source: "cache", reason: `none in ${join(folder, "cache")}` },
    { source: "download", reason: "turned off by the option download" },
  ]);
  for (const { source, reason } of error.attempts) expect(error.message).toContain(`${source}: ${reason}`);
  expect(error.message).toContain("NATS_EMBEDDED_BINARY");
});

it("names the release and the archive too when both cannot be reached, within seconds, and says that trying again may help", async () => {
  // An apt that does not work stands for an archive that cannot be reached.
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/apt-config"), "#!/bin/sh\necho 'E: broken on purpose' >&2\nexit 100\n", {
    mode: 0o755,
  });
  vi.stubEnv("PATH", `${join(folder, "bin")}${delimiter}/usr/bin${delimiter}/bin`);
  vi.stubEnv("NATS_EMBEDDED_DOWNLOAD_MIRROR", "http://127.0.0.1:1");
  const startedAt = performance.now();
  const error = await failure({ download: true });
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(error.attempts.map(({ source }) => source)).toEqual(["PATH", "cache", "release", "debian-archive"]);
  expect(error.attempts[2]?.reason).toContain("ECONNREFUSED");
  expect(error.attempts[3]?.reason).toMatch(/broken on purpose|neither Debian nor Ubuntu/);
  expect(error.retryable).toBe(true);
  expect(error.cause).toMatchObject({ code: "SK_EMBEDDED_DOWNLOAD" });
});

it("fails startNats with the same error", async () => {
  await onPath("2.9.25");
  await expect(startNats()).rejects.toThrow(BinaryNotFoundError);
});
