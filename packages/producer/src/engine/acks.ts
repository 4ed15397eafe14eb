import { type ApiErrorBody, SERVER_ERROR, UnexpectedError } from "@stationkit/core-protocol";

/** What an answer to a published message says. */
export type Answer =
  | { readonly type: "stored"; readonly stream: string; readonly sequence: number; readonly duplicate: boolean }
  | { readonly type: "refused"; readonly error: ApiErrorBody }
  | { readonly type: "unreadable"; readonly error: UnexpectedError };

const decoder = new TextDecoder();
const ZERO = 48;
const NINE = 57;
const CLOSING_BRACE = 125;
const BLANK = 32;
const SEQUENCE_KEY = Buffer.from('"seq":', "utf8");

/**
 * Reads the plain acknowledgement of one stream without building objects for it: `{"stream":"<stream>", "seq":<digits>}`,
 * with the blank (nats-server 2.10) or without it (2.15).
 * @returns the sequence, or 0 when the bytes have any other form (another stream, a duplicate, a domain, an error …).
 * @see nats-server server/stream.go, the prepared `pubAck` of a stream
 */
export function readPlainAck(data: Uint8Array, prefix: Uint8Array): number {
  if (data.length <= prefix.length) return 0;
  for (let i = 0; i < prefix.length; i++) if (data[i] !== prefix[i]) return 0;
  let start = prefix.length;
  if (data[start] === BLANK) start++;
  for (const byte of SEQUENCE_KEY) if (data[start++] !== byte) return 0;
  let sequence = 0;
  for (let i = start; i < data.length; i++) {
    const byte = data[i] ?? 0;
    if (byte === CLOSING_BRACE) return i === data.length - 1 ? sequence : 0;
    if (byte < ZERO || byte > NINE) return 0;
    sequence = sequence * 10 + (byte - ZERO);
  }
  return 0;
}

/** The bytes before the sequence in a stream's plain acknowledgement. */
export function plainAckPrefix(stream: string): Uint8Array {
  return Buffer.from(`{"stream":"${stream}",`, "utf8");
}

/**
 * Reads an answer in any form.
 * @param status - code of the status header, 0 when there is none. 503 with no body: nobody listens on the subject.
 */
export function readAnswer(data: Uint8Array, status: number): Answer {
  const body = data.length > 0 ? tryParse(data) : undefined;
  if (typeof body?.error === "object" && body.error !== null) return { type: "refused", error: body.error };
  if (status >= 400) return { type: "refused", error: { code: status, description: describeStatus(status) } };
  if (body?.error === undefined && typeof body?.stream === "string" && typeof body.seq === "number" && body.seq > 0) {
    return { type: "stored", stream: body.stream, sequence: body.seq, duplicate: body.duplicate === true };
  }
  if (body?.duplicate === true && body.seq === 0) return { type: "refused", error: DUPLICATE_IN_PROCESS };
  const text = decoder.decode(data.subarray(0, 200));
  return {
    type: "unreadable",
    error: new UnexpectedError(`the answer is no acknowledgement: ${JSON.stringify(text)}`),
  };
}

/** The same as 2.15's error 10158, in the form of nats-server 2.10: an earlier copy is still being stored, under no sequence yet. */
const DUPLICATE_IN_PROCESS: ApiErrorBody = {
  code: 400,
  err_code: SERVER_ERROR.duplicateInProcess,
  description: "a message with this id is being stored",
};

interface AckBody {
  readonly stream?: unknown;
  readonly seq?: unknown;
  readonly duplicate?: unknown;
  readonly error?: ApiErrorBody | null;
}

function tryParse(data: Uint8Array): AckBody | undefined {
  try {
    const value: unknown = JSON.parse(decoder.decode(data));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    // Not JSON: the caller reports the text.
    return undefined;
  }
}

function describeStatus(status: number): string {
  if (status === 503) return "nobody listens for this partition";
  return status === 429 ? "too many requests" : `status ${status}`;
}
