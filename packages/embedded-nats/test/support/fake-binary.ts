import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** A script that answers `--version` as nats-server does, and nothing else. */
export async function writeFakeBinary(path: string, version: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  await chmod(path, 0o755);
  return path;
}
