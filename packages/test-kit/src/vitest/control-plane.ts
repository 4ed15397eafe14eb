import { connect, type Connection, type ConnectOptions } from "@stationkit/core-protocol";
import { it, type TestAPI } from "vitest";

/** What has to be at the address that `STATIONKIT_BRIDGE` names: a module, so that no package here depends on the bridge. */
interface BridgeModule {
  readonly serveMemphis: (connection: Connection) => Promise<{ close(): Promise<void> }>;
}

/**
 * With `STATIONKIT_BRIDGE=<path of a module>` a suite runs against a Memphis control plane, which that module serves on each server that the
 * suite starts; otherwise against JetStream's own.
 */
const bridgePath = process.env["STATIONKIT_BRIDGE"];

/** What every connection of a suite is made with. */
export const suiteOptions: ConnectOptions = bridgePath === undefined ? {} : { controlPlane: "memphis" };

/** For tests of what a Memphis control plane does not have; skipped there, with what it is in the test's name. */
export const itOnJetStream: TestAPI = it.skipIf(bridgePath !== undefined) as TestAPI;

/** A bridge at a server, where the suite wants one. */
export interface SuiteBridge {
  /** Connections of its own, at the server. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Serves the control plane of the suite on a server that was just started. */
export async function startSuiteBridge(url: string): Promise<SuiteBridge> {
  if (bridgePath === undefined) return { connections: 0, close: () => Promise.resolve() };
  const { serveMemphis } = (await import(/* @vite-ignore */ bridgePath)) as BridgeModule;
  const connection = await connect({ servers: url, controlPlane: "jetstream" });
  const bridge = await serveMemphis(connection);
  return {
    connections: 1,
    async close() {
      await bridge.close();
      await connection.close();
    },
  };
}
