import { type ApiErrorBody, type UnexpectedError } from "@stationkit/core-protocol";
import { readAnswer } from "../acks.js";

/** What the server says on the control channel of a batch. */
export type BatchAnswer =
  /** Everything up to `sequence` (0: nothing yet) is stored; the next one comes `interval` messages later. */
  | { readonly type: "ack"; readonly sequence: number; readonly interval: number }
  /** A message is missing. The end of the batch follows. */
  | { readonly type: "gap" }
  /** This message was not taken. 503 without a number: nobody listens. */
  | { readonly type: "refused"; readonly error: ApiErrorBody }
  /** The batch is over; its first `count` messages are stored or were there before. */
  | { readonly type: "ended"; readonly stream: string; readonly count: number }
  /** The answer of a server that knows no batches: this message is stored, as any other. */
  | { readonly type: "single"; readonly stream: string; readonly sequence: number; readonly duplicate: boolean }
  | { readonly type: "unreadable"; readonly error: UnexpectedError };

interface FlowBody {
  readonly type?: unknown;
  readonly seq?: unknown;
  readonly msgs?: unknown;
  readonly error?: ApiErrorBody;
  readonly stream?: unknown;
  readonly batch?: unknown;
  readonly count?: unknown;
}

const decoder = new TextDecoder();

/** @param status - code of the status header, 0 when there is none. */
export function readBatchAnswer(data: Uint8Array, status: number): BatchAnswer {
  const body = status === 0 ? tryParse(data) : undefined;
  if (body?.type === "ack" && typeof body.seq === "number" && typeof body.msgs === "number" && body.msgs > 0) {
    return { type: "ack", sequence: body.seq, interval: body.msgs };
  }
  if (body?.type === "gap") return { type: "gap" };
  if (body?.type === "err" && typeof body.error === "object") return { type: "refused", error: body.error };
  if (body?.error === undefined && typeof body?.stream === "string" && typeof body.count === "number") {
    return { type: "ended", stream: body.stream, count: body.count };
  }
  const answer = readAnswer(data, status);
  return answer.type === "stored"
    ? { type: "single", stream: answer.stream, sequence: answer.sequence, duplicate: answer.duplicate }
    : answer;
}

function tryParse(data: Uint8Array): FlowBody | undefined {
  try {
    const value: unknown = JSON.parse(decoder.decode(data));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    // Not JSON: `readAnswer` reports the text.
    return undefined;
  }
}
