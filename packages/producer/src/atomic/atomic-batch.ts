import { type Connection, type Outbound, UnexpectedError } from "@stationkit/core-protocol";
import type { PubAck } from "../delivery.js";
import { type EncodedMessage } from "../engine/encode.js";
import { PendingMessage, type MessagePart } from "../engine/pending-message.js";
import { AtomicUnsupportedError } from "../producer-errors.js";
import type { AtomicAck } from "./atomic-request.js";

/** One message of a batch, as bytes. */
export interface AtomicPart extends MessagePart {
  readonly encoded: EncodedMessage;
}

/** What is known of a batch before it is admitted. */
export interface PreparedBatch {
  readonly parts: readonly AtomicPart[];
  readonly station: string;
  readonly partition: number;
  /** Milliseconds from the call to the end of trying. */
  readonly deliveryTimeoutMs: number;
  /** That end as a point in time, milliseconds since 1970. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
  readonly server: Connection["server"];
  /** Makes the id of a try. */
  readonly nextId: () => string;
}

/** What an answer to a batch comes to. */
export type Screened =
  /** Nothing yet. */
  | { readonly type: "progress" }
  /** To be read as the answer to any message. */
  | { readonly type: "answer"; readonly data: Uint8Array; readonly status: number }
  | { readonly type: "unusable"; readonly error: UnexpectedError };

/** JetStream API level of nats-server 2.12, the first that knows batches. An older one would store their messages one by one. */
const ATOMIC_API_LEVEL = 2;

/** Bytes of the three header lines that a batch puts in front of a message's own, at most (an id takes up to 24 characters). */
export const BATCH_HEADER_BYTES = 96;

const PROGRESS: Screened = { type: "progress" };
const NO_BYTES = new Uint8Array(0);
const decoder = new TextDecoder();

/**
 * Several messages that its lane handles as one: they are written together, and answered by one acknowledgement. A try that ended without
 * success leaves nothing behind at the broker but, for ten seconds at most, an open batch; every try has a batch id of its own.
 * @see ADR-50; nats-server server/stream.go
 */
export class AtomicBatch extends PendingMessage {
  readonly #batch: PreparedBatch;
  /** Answers that the present try still gets: the broker answers each message that has a reply subject. */
  #answersDue = 0;
  /** The first refusal of the present try, which says why; those that follow only say that the batch is incomplete. */
  #refusal: Screened | undefined;

  constructor(batch: PreparedBatch) {
    const { parts, station, partition, deliveryTimeoutMs, deadline, signal } = batch;
    const sizeBytes = parts.reduce((total, { encoded }) => total + encoded.sizeBytes + BATCH_HEADER_BYTES, 0);
    super({
      request: { message: undefined, signal },
      station,
      partition,
      // Without an id for each, no try can be repeated whose answer was lost.
      msgId: parts.every(({ msgId }) => msgId !== undefined) ? parts[0]?.msgId : undefined,
      encoded: { headLines: "", headerTail: NO_BYTES, payload: NO_BYTES, sizeBytes },
      deliveryTimeoutMs,
      deadline,
    });
    this.#batch = batch;
  }

  /** @throws {AtomicUnsupportedError} when a reconnect has led to a server that would store the messages one by one. */
  override publish(outbound: Outbound, subject: string, reply: string): void {
    const { parts, server, nextId } = this.#batch;
    requireAtomicServer(server);
    const id = nextId();
    const last = parts.length - 1;
    // A repeat asks for an answer to every message, which tells the reason of a refusal that a first try could not see.
    const isRepeat = this.attempts > 0;
    this.#answersDue = isRepeat ? parts.length : Math.min(parts.length, 2);
    this.#refusal = undefined;
    for (const [index, { encoded }] of parts.entries()) {
      const commit = index === last ? "Nats-Batch-Commit: 1\r\n" : "";
      const lines = `Nats-Batch-Id: ${id}\r\nNats-Batch-Sequence: ${index + 1}\r\n${commit}`;
      const isAnswered = isRepeat || index === 0 || index === last;
      outbound.publish(subject, isAnswered ? reply : "", { ...encoded, headLines: encoded.headLines + lines });
    }
  }

  /** Sorts the several answers to one try: the commit's comes last. */
  screen(data: Uint8Array, status: number): Screened {
    this.#answersDue--;
    if (data.length === 0 && status === 0) return PROGRESS;
    const body = status === 0 ? tryParse(data) : undefined;
    if (status === 0 && body?.error === undefined && body?.batch === undefined) {
      const text = decoder.decode(data.subarray(0, 200));
      const what = `the answer to an atomic batch is none, so that some of its messages may be stored: ${JSON.stringify(text)}`;
      return { type: "unusable", error: new UnexpectedError(what) };
    }
    const answer: Screened = { type: "answer", data, status };
    if (body?.batch !== undefined) return answer;
    this.#refusal ??= answer;
    return this.#answersDue > 0 ? PROGRESS : this.#refusal;
  }

  /** @param ack - the last message's. */
  ack({ station, partition, sequence, duplicate }: PubAck): AtomicAck {
    const count = this.parts.length;
    const msgIds = this.parts.map(({ msgId }) => msgId);
    const firstSequence = sequence - count + 1;
    return { station, partition, firstSequence, lastSequence: sequence, count, msgIds, duplicate };
  }

  override get parts(): readonly AtomicPart[] {
    return this.#batch.parts;
  }

  override get label(): string {
    return `batch of ${this.parts.length} from message${this.msgId === undefined ? "" : ` ${this.msgId}`}`;
  }
}

/** @throws {AtomicUnsupportedError} */
export function requireAtomicServer(server: Connection["server"]): void {
  if (server.jetStreamApiLevel >= ATOMIC_API_LEVEL) return;
  const what = `nats-server ${server.version} knows no atomic batches: 2.12.1 or newer is needed`;
  throw new AtomicUnsupportedError(what, { outcome: "not-sent" });
}

function tryParse(data: Uint8Array): { readonly error?: unknown; readonly batch?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(decoder.decode(data));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    // Not JSON: reported with its text.
    return undefined;
  }
}
