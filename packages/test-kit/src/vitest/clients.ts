import type { NatsServer } from "@stationkit/embedded-nats";
import { expect, vi } from "vitest";

/**
 * For the end of a test: everything that it opened is closed, on the server's side too.
 * @param others - connections that stay open: a bridge's.
 */
export async function expectNoClients(server: NatsServer, others = 0): Promise<void> {
  await vi.waitFor(
    async () => {
      const response = await fetch(`${server.monitorUrl}/connz`);
      expect(((await response.json()) as { connections: unknown[] }).connections.slice(others)).toEqual([]);
    },
    { timeout: 20_000, interval: 20 },
  );
}
