import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BridgeOptions, type MemphisBridge, serveMemphis } from "@stationkit/memphis-bridge";
import { afterEach } from "vitest";
import type { CompatBroker } from "./compat.js";

/** A control plane for one test, which ends with its connection, after its clients; and files for its schemas. */
export interface BridgeOfTest {
  /** Starts one that ends with the test. */
  start(options?: BridgeOptions): Promise<MemphisBridge>;
  /** @returns the path of a file with this text. */
  file(name: string, content: unknown): string;
}

export function useBridge(broker: CompatBroker): BridgeOfTest {
  let directory: string | undefined;
  afterEach(() => {
    if (directory !== undefined) rmSync(directory, { recursive: true });
    directory = undefined;
  });
  return {
    async start(options) {
      return serveMemphis(await broker.connect(), options);
    },
    file(name, content) {
      directory ??= mkdtempSync(join(tmpdir(), "memphis-compat-schemas-"));
      const path = join(directory, name);
      writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
      return path;
    },
  };
}
