import { apiErrorToStationkitError, type ApiErrorBody } from "../errors/api-error.js";
import { UnexpectedError } from "../errors/transport-errors.js";
import type { RequestOptions } from "./request-options.js";

/** Requests to the JetStream API. */
export interface JetStreamApi {
  /** Subject prefix, `$JS.API` unless the connection has a domain. */
  readonly prefix: string;
  /**
   * Sends one API request and reads its answer.
   * @param operation - subject behind the prefix, such as `STREAM.INFO.orders$1`.
   * @param body - sent as JSON; durations in it are nanoseconds, as on the wire.
   * @returns the answer's JSON object, without checks of its fields.
   * @throws {StationkitError} mapped from the answer's `error`; `RequestTimeoutError` when none came.
   * @see https://docs.nats.io/reference/reference-protocols/nats_api_reference
   */
  request<Answer extends object>(operation: string, body?: object, options?: RequestOptions): Promise<Answer>;
}

type SendRequest = (subject: string, payload: Uint8Array | string, options?: RequestOptions) => Promise<Uint8Array>;

const decoder = new TextDecoder();

export function createJetStreamApi(prefix: string, send: SendRequest): JetStreamApi {
  return {
    prefix,
    async request<Answer extends object>(operation: string, body?: object, options?: RequestOptions): Promise<Answer> {
      const subject = `${prefix}.${operation}`;
      const bytes = await send(subject, body === undefined ? "" : JSON.stringify(body), options);
      const answer = parseAnswer(subject, bytes);
      if (answer.error !== undefined) throw apiErrorToStationkitError(answer.error, { ...options, subject });
      return answer as Answer;
    },
  };
}

function parseAnswer(subject: string, bytes: Uint8Array): { error?: ApiErrorBody } {
  let answer: unknown;
  try {
    answer = JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new UnexpectedError(`the answer from ${subject} is not JSON`, { cause });
  }
  if (typeof answer !== "object" || answer === null || Array.isArray(answer))
    throw new UnexpectedError(`the answer from ${subject} is not an object`);
  return answer;
}
