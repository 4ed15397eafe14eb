import { stat } from "node:fs/promises";
import { runCommand } from "./run-command.js";
import { tryParseVersion, type Version } from "./version.js";

/** What asking an executable for its version brought. */
export type ProbeResult = { readonly version: Version } | { readonly problem: string };

const probeTimeoutMs = 10_000;
const probed = new Map<string, Version>();

/** Runs `<path> --version`; a good answer is remembered for as long as the file keeps its size and time. */
export async function probeBinary(path: string): Promise<ProbeResult> {
  const file = await stat(path).catch(() => undefined);
  if (file === undefined) return { problem: `${path} does not exist` };
  if (!file.isFile()) return { problem: `${path} is not a file` };
  const key = `${path}\0${file.size}\0${file.mtimeMs}`;
  const known = probed.get(key);
  if (known !== undefined) return { version: known };
  const result = await runCommand(path, ["--version"], { timeoutMs: probeTimeoutMs });
  if (!result.ok) return { problem: result.problem };
  const version = tryParseVersion(result.stdout);
  if (version === undefined) return { problem: `${path} --version printed no version` };
  probed.set(key, version);
  return { version };
}
