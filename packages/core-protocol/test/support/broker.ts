import type { NatsServer } from "@stationkit/embedded-nats";
import { afterEach, beforeEach, expect, vi } from "vitest";

interface Connz {
  readonly num_connections: number;
  readonly connections: readonly { readonly name?: string; readonly authorized_user?: string }[];
}

/** What the server says of its clients. */
export async function clientsOf(server: NatsServer): Promise<Connz> {
  const response = await fetch(`${server.monitorUrl}/connz?auth=1`);
  return (await response.json()) as Connz;
}

/** For the end of a test: everything that it opened is closed, on the server's side too. */
export async function expectNoClients(server: NatsServer): Promise<void> {
  await vi.waitFor(
    async () => {
      expect((await clientsOf(server)).connections).toEqual([]);
    },
    { timeout: 20_000, interval: 20 },
  );
}

/** Makes every test of the file fail in which a promise is rejected and nobody looks. */
export function failOnUnhandledRejections(): void {
  const seen: unknown[] = [];
  const listener = (reason: unknown): void => {
    seen.push(reason);
  };
  beforeEach(() => {
    seen.length = 0;
    process.on("unhandledRejection", listener);
  });
  afterEach(async () => {
    // Node reports a rejection after the microtasks of the turn in which it happened.
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("unhandledRejection", listener);
    expect(seen).toEqual([]);
  });
}

/** The error that a promise is rejected with; fails when it is not. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return error as Error;
  }
  throw new Error("the promise was expected to be rejected");
}
