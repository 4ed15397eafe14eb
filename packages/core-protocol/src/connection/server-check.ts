import type { NatsConnection } from "@nats-io/nats-core";
import { isTransientApiError } from "../errors/api-error.js";
import {
  BrokerError,
  JetStreamDisabledError,
  PermissionDeniedError,
  ServerTooOldError,
} from "../errors/broker-errors.js";
import { RequestTimeoutError } from "../errors/transport-errors.js";
import { MINIMUM_SERVER_VERSION } from "../limits.js";
import type { Connection } from "./connection.js";

const RETRY_DELAY_MS = 100;

/** For one question; a question that a reconnect swallows is asked again. */
const ASK_MS = 1_000;

/** @throws {ServerTooOldError} below the oldest supported line. */
export function requireServerVersion(natsConnection: NatsConnection): void {
  const version = natsConnection.info?.version;
  // nats.js has no INFO while it reconnects.
  if (version === undefined) return;
  if (compareVersions(version, MINIMUM_SERVER_VERSION) < 0)
    throw new ServerTooOldError(version, MINIMUM_SERVER_VERSION);
}

/**
 * Makes sure that JetStream answers for this login. A login that may not ask is let through: it may still be allowed to produce.
 * A server that is just starting is given until the deadline.
 * @throws {JetStreamDisabledError} when the server or the account has none.
 */
export async function requireJetStream(connection: Connection, deadline: number): Promise<void> {
  for (;;) {
    try {
      await connection.jetStream.request("INFO", undefined, {
        timeoutMs: Math.max(1, Math.min(ASK_MS, deadline - Date.now())),
      });
      return;
    } catch (error) {
      // May not ask; but a login that may not listen to its own inbox will never see an answer to anything.
      if (error instanceof PermissionDeniedError && error.operation === "publish") return;
      if (!isWorthRetrying(error, connection) || Date.now() + RETRY_DELAY_MS >= deadline) {
        throw explain(error, connection);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
  }
}

function isWorthRetrying(error: unknown, connection: Connection): boolean {
  if (error instanceof RequestTimeoutError) return true;
  if (!(error instanceof BrokerError)) return false;
  // A server without JetStream says so in its INFO; then nobody will ever answer.
  if (isSilence(error)) return connection.natsConnection.info?.jetstream === true;
  return isTransientApiError({ code: error.serverCode ?? 0, err_code: error.serverErrorCode ?? 0 });
}

function isSilence(error: BrokerError): boolean {
  return error.serverCode === 503 && error.serverErrorCode === undefined;
}

function explain(error: unknown, connection: Connection): unknown {
  if (!(error instanceof BrokerError) || !isSilence(error)) return error;
  const { prefix } = connection.jetStream;
  const enabled = connection.natsConnection.info?.jetstream === true;
  const text =
    prefix !== "$JS.API"
      ? `no JetStream answers on ${prefix}: check domain, or apiPrefix`
      : enabled
        ? "JetStream does not answer this login: it may be one of the system account, or of another JetStream domain"
        : "JetStream is not enabled on this server: start nats-server with -js, or with a jetstream block in its configuration";
  return new JetStreamDisabledError(text, { serverCode: 503 }, { cause: error });
}

/** Compares `major.minor.patch`, ignoring what follows. */
function compareVersions(a: string, b: string): number {
  const parse = (version: string): number[] => version.split(/[.-]/).slice(0, 3).map(Number);
  const [left, right] = [parse(a), parse(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
