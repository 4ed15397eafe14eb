import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { currentPlatform } from "../../src/binary/platform.js";

/** A release as the project publishes it. */
export interface Release {
  readonly version: string;
  readonly archiveName: string;
  readonly archive: Buffer;
  readonly sums: string;
}

/** Packs an executable the way the official releases are packed. */
export function packRelease(binary: string, version: string, workDirectory: string): Release {
  const folder = `nats-server-v${version}-${currentPlatform().id}`;
  mkdirSync(join(workDirectory, folder), { recursive: true });
  copyFileSync(binary, join(workDirectory, folder, "nats-server"));
  const archiveName = `${folder}.tar.gz`;
  execFileSync("tar", ["-czf", archiveName, folder], { cwd: workDirectory });
  const archive = readFileSync(join(workDirectory, archiveName));
  return {
    version,
    archiveName,
    archive,
    sums: `${"0".repeat(64)}  other-file.zip\n${sha256(archive)}  ${archiveName}\n`,
  };
}

export function sha256(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Answers one request in place of the mirror; false: the mirror answers as usual. */
export type Interference = (path: string, response: ServerResponse) => boolean;

/** A file server on 127.0.0.1 with the layout of the releases. */
export class ReleaseMirror implements AsyncDisposable {
  /** Paths that were asked for, in order. */
  readonly requests: string[] = [];
  interference: Interference = () => false;
  readonly #server: Server;

  private constructor(release: Release) {
    this.#server = createServer((request, response) => {
      const path = request.url ?? "";
      this.requests.push(path);
      if (this.interference(path, response)) return;
      if (path === `/v${release.version}/SHA256SUMS`) response.end(release.sums);
      else if (path === `/v${release.version}/${release.archiveName}`) response.end(release.archive);
      else response.writeHead(404).end("not found");
    });
  }

  static async start(release: Release): Promise<ReleaseMirror> {
    const mirror = new ReleaseMirror(release);
    await new Promise<void>((resolve) => mirror.#server.listen(0, "127.0.0.1", resolve));
    return mirror;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the mirror does not listen");
    return address.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How often the archive was asked for. */
  get archiveRequests(): number {
    return this.requests.filter((path) => path.endsWith(".tar.gz")).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
