import { BrokerError } from "@stationkit/core-protocol";
import { isAlreadyExists, isTimeout } from "@stationkit/core-protocol/control";
import type { Operation } from "../operation.js";

/** How long one try waits: a broker makes partitions one after the other before it answers. */
const TRY_MS = 10_000;

/** One request to the control plane. */
export interface ControlRequest<Reply extends { readonly error: string }> {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly decode: (bytes: Uint8Array) => Reply;
  /** `already exists` means that another client was making the station just now: the same request is right again. */
  readonly repeatsWhenExists?: boolean;
}

/**
 * Sends one request, without headers, and again with a growing delay while the broker is not there (503), does not answer, or says that
 * it will go better a moment later; until the operation's deadline. A registration whose answer was lost may so be made twice; what ends
 * it removes all of that name and connection.
 * @returns the reply, in which `error` says when the broker has refused.
 * @throws {StationkitError} the last failure.
 * @see memphis-protocol.md section 3, "Common facts"
 */
export function sendControlRequest<Reply extends { readonly error: string }>(
  operation: Operation,
  { subject, payload, decode, repeatsWhenExists = false }: ControlRequest<Reply>,
): Promise<Reply> {
  return operation.repeat(async () => {
    const { connection, station } = operation;
    const timeoutMs = Math.min(TRY_MS, operation.remainingMs);
    const bytes = await connection.request(subject, payload, { timeoutMs, ...(station !== undefined && { station }) });
    const reply = decode(bytes);
    if (isTimeout(reply.error) || (repeatsWhenExists && isAlreadyExists(reply.error))) {
      throw new BrokerError(refusalText(subject, reply.error), { retryable: true });
    }
    return reply;
  });
}

/** @throws {BrokerError} for a reply with an error, `rejected`. */
export function requireAccepted(subject: string, { error }: { readonly error: string }): void {
  if (error !== "") throw new BrokerError(refusalText(subject, error));
}

function refusalText(subject: string, text: string): string {
  return `the Memphis broker refused ${subject}: ${text}`;
}
