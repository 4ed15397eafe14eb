import { mkdirSync, readdirSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer as createTcpServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createDeadline } from "../src/deadline.js";
import { currentPlatform } from "../src/binary/platform.js";
import { downloadRelease } from "../src/binary/release-download.js";
import { parseVersionWish } from "../src/binary/version.js";
import { ChecksumMismatchError, DownloadError, findBinary, startNats } from "../src/index.js";
import { cleanEnvironment } from "./support/environment.js";
import { writeFakeBinary } from "./support/fake-binary.js";
import { packRelease, ReleaseMirror, sha256, type Release } from "./support/release-mirror.js";
import { temporaryDirectory } from "./support/temporary-directory.js";

const root = temporaryDirectory();
const fakeVersion = "2.15.77";
let release: Release;
let mirror: ReleaseMirror;
let workDirectory = "";

beforeAll(async () => {
  release = packRelease(await writeFakeBinary(join(root, "fake/nats-server"), fakeVersion), fakeVersion, root);
});
cleanEnvironment();
beforeEach(async ({ task }) => {
  workDirectory = join(root, task.id);
  mkdirSync(workDirectory);
  mirror = await ReleaseMirror.start(release);
});
afterEach(() => mirror[Symbol.asyncDispose]());

/** Downloads the fake release as the search would. */
function download(
  options: { checksum?: "off"; url?: string; timeoutMs?: number } = {},
): ReturnType<typeof downloadRelease> {
  const wish = parseVersionWish(fakeVersion, "test");
  if (wish.kind !== "exact") throw new Error("unreachable");
  return downloadRelease({
    version: wish.version,
    platform: currentPlatform(),
    mirror: options.url ?? mirror.url,
    checksum: options.checksum ?? "strict",
    workDirectory,
    deadline: createDeadline(options.timeoutMs ?? 20_000),
  });
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Error);
  expect(readdirSync(workDirectory), "what is left behind").toEqual([]);
  return error as Error;
}

describe("a release of the real server", () => {
  it("is fetched, verified, cached, started, and found in the cache the next time", async () => {
    const real = await findBinaryOfThisMachine();
    const directory = join(root, "real");
    const packed = packRelease(real.path, real.version, directory);
    await using source = await ReleaseMirror.start(packed);
    vi.stubEnv(
      "PATH",
      process.env["PATH"]
        ?.split(":")
        .filter((part) => !real.path.startsWith(part))
        .join(":"),
    );
    vi.stubEnv("NATS_EMBEDDED_DOWNLOAD_DIR", join(directory, "cache"));
    vi.stubEnv("NATS_EMBEDDED_DOWNLOAD_MIRROR", `${source.url}/`);

    await using server = await startNats({ version: real.version });

    expect(server.version).toBe(real.version);
    const cached = join(directory, "cache", real.version, currentPlatform().id, "nats-server");
    expect(server.binary).toBe(cached);
    expect(source.requests).toEqual([`/v${real.version}/SHA256SUMS`, `/v${real.version}/${packed.archiveName}`]);
    expect(await findBinary({ version: real.version, download: false })).toMatchObject({
      path: cached,
      source: "cache",
    });
    expect(readdirSync(join(directory, "cache"))).toEqual([real.version]);
  });
});

async function findBinaryOfThisMachine(): Promise<{ path: string; version: string }> {
  vi.unstubAllEnvs();
  const found = await findBinary();
  vi.stubEnv("NATS_EMBEDDED_BINARY", undefined);
  vi.stubEnv("NATS_EMBEDDED_VERSION", undefined);
  vi.stubEnv("NATS_EMBEDDED_DOWNLOAD", undefined);
  return found;
}

describe("the checksum", () => {
  it("that does not match ends the search with an error that names both", async () => {
    mirror.interference = (path, response) => {
      if (path.endsWith("SHA256SUMS")) response.end(release.sums.replace(sha256(release.archive), "a".repeat(64)));
      return path.endsWith("SHA256SUMS");
    };
    const error = await failure(download());
    expect(error).toBeInstanceOf(ChecksumMismatchError);
    expect(error).toMatchObject({ expected: "a".repeat(64), actual: sha256(release.archive) });

    vi.stubEnv("NATS_EMBEDDED_DOWNLOAD_DIR", workDirectory);
    vi.stubEnv("NATS_EMBEDDED_DOWNLOAD_MIRROR", mirror.url);
    await expect(findBinary({ version: fakeVersion })).rejects.toThrow(ChecksumMismatchError);
    expect(readdirSync(workDirectory)).toEqual([]);
  });

  it("that the release does not list is an error before the archive is asked for", async () => {
    mirror.interference = (path, response) => {
      if (path.endsWith("SHA256SUMS")) response.end("<html>please log in</html>");
      return path.endsWith("SHA256SUMS");
    };
    expect((await failure(download())).message).toContain(`lists no ${release.archiveName}`);
    expect(mirror.archiveRequests).toBe(0);
  });

  it("is not asked for when it is turned off", async () => {
    const fetched = await download({ checksum: "off" });
    expect(mirror.requests).toEqual([`/v${fakeVersion}/${release.archiveName}`]);
    await fetched.remove();
  });
});

describe("a mirror that fails", () => {
  it("with 404 is reported with status and address", async () => {
    mirror.interference = (path, response) => {
      if (path.endsWith(".tar.gz")) response.writeHead(404).end();
      return path.endsWith(".tar.gz");
    };
    expect(await failure(download())).toMatchObject({
      status: 404,
      target: expect.stringContaining(release.archiveName) as string,
    });
  });

  it("by cutting the file off is reported, also without a checksum", async () => {
    mirror.interference = (path, response) => {
      if (!path.endsWith(".tar.gz")) return false;
      response.writeHead(200, { "content-length": release.archive.length });
      response.write(release.archive.subarray(0, 100), () => response.destroy());
      return true;
    };
    expect(await failure(download())).toBeInstanceOf(DownloadError);
    expect(await failure(download({ checksum: "off" }))).toBeInstanceOf(DownloadError);
  });

  it("by sending something that is not the archive is reported without a checksum", async () => {
    mirror.interference = (path, response) => {
      if (path.endsWith(".tar.gz")) response.end("hello");
      return path.endsWith(".tar.gz");
    };
    expect((await failure(download({ checksum: "off" }))).message).toContain("tar failed");
  });

  it("by hanging in the middle of the file is given up at the deadline", async () => {
    mirror.interference = (path, response) => {
      if (path.endsWith(".tar.gz")) response.write(release.archive.subarray(0, 100));
      return path.endsWith(".tar.gz");
    };
    expect((await failure(download({ timeoutMs: 1_000 }))).message).toContain("time limit");
  });

  it("by sending elsewhere is followed", async () => {
    await using elsewhere = await ReleaseMirror.start(release);
    mirror.interference = (path, response) => {
      response.writeHead(302, { location: `${elsewhere.url}${path}` }).end();
      return true;
    };
    await (await download()).remove();
    expect(elsewhere.archiveRequests).toBe(1);
  });

  it("by answering slowly is waited for", async () => {
    mirror.interference = (path, response) => {
      if (!path.endsWith(".tar.gz")) return false;
      response.write(release.archive.subarray(0, 100));
      setTimeout(() => response.end(release.archive.subarray(100)), 300);
      return true;
    };
    await (await download()).remove();
  });

  it("by refusing the connection, or by a name that does not exist, fails at once", async () => {
    const startedAt = performance.now();
    expect((await failure(download({ url: "http://127.0.0.1:1/releases" }))).message).toContain("ECONNREFUSED");
    expect((await failure(download({ url: "http://no-such-host.invalid" }))).message).toMatch(/ENOTFOUND|EAI_AGAIN/);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  it("by never answering a TLS hello is given up within seconds", async () => {
    await using silent = createTcpServer((socket) => socket.on("error", () => undefined).resume());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const startedAt = performance.now();
    const { port } = silent.address() as AddressInfo;
    await failure(download({ url: `https://127.0.0.1:${port}` }));
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  });

  it("never shows the mirror's password, which is sent as basic authorization", async () => {
    let sent: string | undefined;
    mirror.interference = (_path, response) => {
      sent = response.req.headers.authorization;
      return false;
    };
    const error = await failure(download({ url: `http://user:secret@127.0.0.1:${mirror.port}/elsewhere` }));
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain("secret");
    expect(error).toMatchObject({ status: 404 });
    expect(sent).toBe(`Basic ${Buffer.from("user:secret").toString("base64")}`);
  });
});

describe("a proxy", () => {
  it("from HTTP_PROXY is used, except for what NO_PROXY names", async () => {
    const seen: string[] = [];
    const proxy = createHttpServer((request, response) => {
      // The direct form of a proxy request, with the whole address.
      seen.push(`${request.method ?? ""} ${request.url ?? ""}`);
      void fetch(request.url ?? "").then(async (answer) => {
        response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
      });
    });
    proxy.on("connect", (request, socket) => {
      seen.push(`CONNECT ${request.url ?? ""}`);
      const upstream = connect(mirror.port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        upstream.pipe(socket).pipe(upstream);
      });
      socket.on("error", () => upstream.destroy());
      upstream.on("error", () => socket.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    try {
      vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
      await (await download()).remove();
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.join("\n")).toContain(`127.0.0.1:${mirror.port}`);

      seen.length = 0;
      vi.stubEnv("NO_PROXY", "127.0.0.1");
      await (await download()).remove();
      expect(seen).toEqual([]);
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  });
});
