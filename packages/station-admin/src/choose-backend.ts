import type { Connection, ControlPlane } from "@stationkit/core-protocol";
import type { DeadLetters } from "./dead-letters/dead-letters.js";
import { jetStreamBackend } from "./jetstream-backend.js";
import { memphisBackend } from "./memphis/memphis-backend.js";
import { Operation } from "./operation.js";
import type { StationBackend } from "./station-backend.js";

const BACKENDS: Readonly<Record<ControlPlane, StationBackend>> = {
  jetstream: jetStreamBackend,
  memphis: memphisBackend,
};

/** The backend of a connection; which one it is, is found out once. */
export async function chooseBackend(operation: Operation): Promise<StationBackend> {
  return BACKENDS[await askControlPlane(operation)];
}

const ASK_MS = 20_000;

/** As `connection.controlPlane()`, asked again while there is no answer. */
export function controlPlaneOf(connection: Connection): Promise<ControlPlane> {
  return askControlPlane(new Operation(connection, { timeoutMs: ASK_MS }));
}

function askControlPlane(operation: Operation): Promise<ControlPlane> {
  return operation.repeat(() => operation.connection.controlPlane());
}

/** Dead letters of a backend that is not known before it is needed. */
export function deferredDeadLetters(choose: () => Promise<DeadLetters>): DeadLetters {
  return {
    dlsStation: async () => (await choose()).dlsStation(),
    async *list(filter) {
      yield* (await choose()).list(filter);
    },
    resend: async (letter) => (await choose()).resend(letter),
    drop: async (letter) => (await choose()).drop(letter),
  };
}
