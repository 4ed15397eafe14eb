import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BridgeOptions, type MemphisBridge, serveMemphis } from "@stationkit/memphis-bridge";
import { afterEach } from "vitest";
import type { CompatBroker } from "./compat.js";

/** A control plane for one test, and files for its schemas. */
export interface BridgeOfTest {
  /** Starts one that ends with the test. */
  start(options?: BridgeOptions): Promise<MemphisBridge>;
  /** @returns the path of a file with this text. */
  file(name: string, content: unknown): string;
}

export function useBridge(broker: CompatBroker): BridgeOfTest {
  const bridges: MemphisBridge[] = [];
  let directory: string | undefined;
  afterEach(async () => {
    await Promise.all(bridges.splice(0).map((bridge) => bridge.close()));
    if (directory !== undefined) rmSync(directory, { recursive: true });
    directory = undefined;
  });
  return {
    async start(options) {
      const bridge = await serveMemphis(await broker.connect(), options);
      bridges.push(bridge);
      return bridge;
    },
    file(name, content) {
      directory ??= mkdtempSync(join(tmpdir(), "memphis-compat-schemas-"));
      const path = join(directory, name);
      writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
      return path;
    },
  };
}
