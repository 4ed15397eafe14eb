import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { InvalidOptionsError } from "./errors.js";

/** The environment variables that this package reads, besides the proxy variables. */
export interface Environment {
  readonly binary: string | undefined;
  readonly version: string | undefined;
  readonly download: boolean | undefined;
  readonly downloadDir: string;
  readonly downloadMirror: string | undefined;
  readonly checksum: "strict" | "off";
  readonly debug: boolean;
}

/** Reads and checks the variables; an empty variable counts as not set, as in a shell's `VAR= command`. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const text = (name: string): string | undefined => {
    const value = variables[`NATS_EMBEDDED_${name}`]?.trim();
    return value === "" ? undefined : value;
  };
  const checksum = text("CHECKSUM") ?? "strict";
  if (checksum !== "strict" && checksum !== "off") {
    throw new InvalidOptionsError("NATS_EMBEDDED_CHECKSUM", `expected strict or off, got "${checksum}"`);
  }
  const cacheHome = variables["XDG_CACHE_HOME"]?.trim();
  return {
    binary: text("BINARY"),
    version: text("VERSION"),
    download: parseBoolean("NATS_EMBEDDED_DOWNLOAD", text("DOWNLOAD")),
    downloadDir: resolve(
      text("DOWNLOAD_DIR") ??
        join(cacheHome === undefined || cacheHome === "" ? join(homedir(), ".cache") : cacheHome, "nats-embedded"),
    ),
    downloadMirror: text("DOWNLOAD_MIRROR"),
    checksum,
    debug: parseBoolean("NATS_EMBEDDED_DEBUG", text("DEBUG")) ?? false,
  };
}

function parseBoolean(name: string, value: string | undefined): boolean | undefined {
  switch (value?.toLowerCase()) {
    case undefined:
      return undefined;
    case "1":
    case "true":
    case "on":
    case "yes":
      return true;
    case "0":
    case "false":
    case "off":
    case "no":
      return false;
    default:
      throw new InvalidOptionsError(name, `expected 1, true, on, yes, 0, false, off or no, got "${value ?? ""}"`);
  }
}
