import { expect, vi } from "vitest";
import type { Connection, ConnectionStatus } from "../../src/index.js";

/** Collects what a connection tells. */
export interface StatusLog {
  readonly statuses: readonly ConnectionStatus[];
  readonly types: readonly ConnectionStatus["type"][];
  /** Each status with the connection's `state` at that moment. */
  readonly states: readonly string[];
  waitFor(type: ConnectionStatus["type"]): Promise<void>;
}

export function watchStatus(connection: Connection): StatusLog {
  const statuses: ConnectionStatus[] = [];
  const states: string[] = [];
  connection.on("status", (status) => {
    statuses.push(status);
    states.push(`${status.type}: ${connection.state}`);
  });
  return {
    statuses,
    states,
    get types() {
      return statuses.map(({ type }) => type);
    },
    async waitFor(type) {
      await vi.waitFor(
        () => {
          expect(statuses.map((status) => status.type)).toContain(type);
        },
        { timeout: 20_000, interval: 10 },
      );
    },
  };
}
