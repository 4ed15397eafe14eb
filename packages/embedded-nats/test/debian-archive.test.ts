import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { findBinary, startNats } from "../src/index.js";
import { cleanEnvironment } from "./support/environment.js";
import { temporaryDirectory } from "./support/temporary-directory.js";

const hasApt = existsSync("/usr/bin/apt-get") && existsSync("/usr/bin/dpkg-deb");
if (!hasApt) process.stderr.write("SKIPPED debian-archive.test.ts: this machine has no apt-get or no dpkg-deb\n");
const isDebian =
  hasApt && existsSync("/etc/os-release") && /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
const cache = temporaryDirectory();

cleanEnvironment();
beforeEach(() => {
  vi.stubEnv("PATH", "/usr/bin:/bin");
  vi.stubEnv("NATS_EMBEDDED_DOWNLOAD_DIR", cache);
  // No release can be had: the search has to go on.
  vi.stubEnv("NATS_EMBEDDED_DOWNLOAD_MIRROR", "http://127.0.0.1:1");
  vi.stubEnv("NO_PROXY", "127.0.0.1");
});

describe.skipIf(!hasApt)("the distribution's archive, through the machine's own apt settings", () => {
  it("brings the newest server when no version is asked for, and it runs", async () => {
    const listsBefore = await readdir("/var/lib/apt/lists");
    await using server = await startNats();
    expect(server.binary.startsWith(cache)).toBe(true);
    expect(Number(server.version.split(".")[1])).toBeGreaterThanOrEqual(10);
    expect(await readdir("/var/lib/apt/lists"), "the machine's own lists").toEqual(listsBefore);
    expect(await readFile(join(server.binary, "../install.json"), "utf8")).toContain('"newest":true');
    expect(await findBinary({ download: false })).toMatchObject({ path: server.binary, source: "cache" });
  }, 180_000);

  it.skipIf(!isDebian /* only of Debian is it known that a suite has 2.10 */)(
    "brings the newest of a line from the suite that has it",
    async () => {
      const found = await findBinary({ version: "2.10" });
      expect(found).toMatchObject({ source: "debian-archive" });
      expect(found.version).toMatch(/^2\.10\.\d+$/);
    },
    180_000,
  );
});
