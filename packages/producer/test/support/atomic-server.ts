import type { Connection } from "@stationkit/core-protocol";
import type { TestContext } from "vitest";

/** Skips the test, aloud, on a server before 2.12. */
export function requireAtomic({ skip }: TestContext, { server }: Connection): void {
  if (server.jetStreamApiLevel < 2) skip(`nats-server ${server.version} knows no atomic batches`);
}
