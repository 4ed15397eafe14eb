import type { DebugLog } from "../debug-log.js";
import type { Environment } from "../environment.js";
import type { Platform } from "./platform.js";
import type { VersionWish } from "./version.js";

/** A nats-server that can be started. */
export interface FoundBinary {
  /** Absolute path. */
  readonly path: string;
  /** e.g. `2.15.1` */
  readonly version: string;
  readonly source: "option" | "environment" | "PATH" | "cache" | "release" | "debian-archive";
}

/** The search after options and environment have been put together. */
export interface BinarySearch {
  readonly wish: VersionWish;
  readonly platform: Platform;
  readonly environment: Environment;
  readonly downloadTimeoutMs: number;
  readonly debug: DebugLog;
}
