import { randomBytes } from "node:crypto";
import { type Connection, finalSubject, partitionStream, type StationName } from "@stationkit/core-protocol";
import { JobError } from "../job-error.js";

/** A message as a partition holds it. */
export interface StoredMessage {
  /** Within its partition, from 1. */
  readonly sequence: number;
  readonly payload: Uint8Array;
  /** "" when there is none. */
  header(name: string): string;
}

/** Which part of a station to read. */
export interface ReadRange {
  readonly station: StationName;
  readonly partition: number;
  /** First sequence; messages that are gone by now are passed over. */
  readonly from: number;
  /** Last sequence. */
  readonly to: number;
}

/** What this reader needs of a message of nats.js. */
interface Delivered {
  readonly reply?: string;
  readonly data: Uint8Array;
  readonly headers?: { readonly code: number; get(name: string): string };
}

const BATCH = 1_000;
const BATCHES_AHEAD = 2;
const MAX_BATCH_BYTES = 8_388_608;
const PULL_EXPIRES_MS = 10_000;
const SILENCE_MS = 5_000;
const MAX_TRIES = 4;
const NANOSECONDS = 1_000_000;

/**
 * Reads a partition from the server, in order and every message once, as plain JetStream: a pull consumer without acks, made anew behind
 * the last message whenever something is lost on the way. At most two batches are under way.
 *
 * It stands in for the consumer package until that exists.
 * @throws {JobError} when the server stops answering. An aborted signal ends the reading in silence.
 */
export async function readPartition(
  connection: Connection,
  range: ReadRange,
  options: { readonly signal: AbortSignal; readonly onMessage: (message: StoredMessage) => void },
): Promise<void> {
  let { from } = range;
  let fruitless = 0;
  while (from <= range.to && !options.signal.aborted) {
    const reading = new Reading(connection, { ...range, from }, options);
    const last = await reading.run();
    if (last === undefined) return;
    fruitless = last >= from ? 0 : fruitless + 1;
    if (fruitless === MAX_TRIES) {
      throw new JobError(
        `reading partition ${range.partition} of station "${range.station}" back: the server does not send sequence ${last + 1} and later`,
      );
    }
    from = last + 1;
  }
}

/** The life of one consumer. */
class Reading {
  readonly #connection: Connection;
  readonly #range: ReadRange;
  readonly #options: Parameters<typeof readPartition>[2];
  readonly #stream: string;
  readonly #consumer = `demo-${randomBytes(8).toString("hex")}`;
  readonly #inbox: string;
  #lastSequence: number;
  #lastDelivery = 0;
  /** Messages that were asked for and have not come. */
  #outstanding = 0;
  #lastArrival = performance.now();
  #settle: (last: number | undefined) => void = () => undefined;
  #ended = false;

  constructor(connection: Connection, range: ReadRange, options: Parameters<typeof readPartition>[2]) {
    this.#connection = connection;
    this.#range = range;
    this.#options = options;
    this.#stream = partitionStream(range.station, range.partition);
    this.#inbox = `${connection.inboxPrefix}.${this.#consumer}`;
    this.#lastSequence = range.from - 1;
  }

  /** @returns undefined when everything was read, otherwise the last sequence that came. */
  async run(): Promise<number | undefined> {
    const { signal } = this.#options;
    if ((await this.#create()) === 0) return undefined;
    const ended = new Promise<number | undefined>((resolve) => {
      this.#settle = resolve;
    });
    const subscription = this.#connection.natsConnection.subscribe(this.#inbox, {
      callback: (error: unknown, message) => {
        if (error instanceof Error) this.#end(this.#lastSequence);
        else if (!this.#ended) this.#receive(message);
      },
    });
    const watch = setInterval(() => {
      if (performance.now() - this.#lastArrival > SILENCE_MS) this.#end(this.#lastSequence);
    }, 1_000);
    const stop = (): void => {
      this.#end(undefined);
    };
    signal.addEventListener("abort", stop);
    try {
      this.#pull();
      return await ended;
    } finally {
      signal.removeEventListener("abort", stop);
      clearInterval(watch);
      subscription.unsubscribe();
      // It would end by itself after its inactive threshold; a server that is gone has no consumer either.
      await this.#request("DELETE").catch(() => undefined);
    }
  }

  /** The messages that are still in the socket's buffer are not looked at any more: the next reading gets them again. */
  #end(last: number | undefined): void {
    this.#ended = true;
    this.#settle(last);
  }

  /** @returns how many messages there are to read. */
  async #create(): Promise<number> {
    const config = {
      name: this.#consumer,
      deliver_policy: "by_start_sequence",
      opt_start_seq: this.#range.from,
      ack_policy: "none",
      filter_subject: finalSubject(partitionStream(this.#range.station, this.#range.partition)),
      inactive_threshold: 60_000 * NANOSECONDS,
      mem_storage: true,
      num_replicas: 1,
    };
    const info = await this.#request("CREATE", { stream_name: this.#stream, config });
    return info.num_pending ?? 0;
  }

  #request(what: "CREATE" | "DELETE", body?: object): Promise<{ num_pending?: number }> {
    const operation = `CONSUMER.${what}.${this.#stream}.${this.#consumer}`;
    return this.#connection.jetStream.request(operation, body, { station: this.#range.station });
  }

  #pull(): void {
    while (this.#outstanding <= BATCH * (BATCHES_AHEAD - 1)) {
      this.#outstanding += BATCH;
      // Bounds what is under way also for large messages; the server allows none above its maximum payload.
      const maxBytes = Math.max(MAX_BATCH_BYTES, 2 * this.#connection.server.maxPayloadBytes);
      const request = { batch: BATCH, max_bytes: maxBytes, expires: PULL_EXPIRES_MS * NANOSECONDS };
      const { natsConnection, jetStream } = this.#connection;
      const subject = `${jetStream.prefix}.CONSUMER.MSG.NEXT.${this.#stream}.${this.#consumer}`;
      natsConnection.publish(subject, JSON.stringify(request), { reply: this.#inbox });
    }
  }

  #receive(message: Delivered): void {
    this.#lastArrival = performance.now();
    const place = parsePlace(message.reply);
    if (place === undefined) {
      this.#receiveStatus(message);
      return;
    }
    this.#outstanding--;
    if (place.delivery !== this.#lastDelivery + 1) {
      this.#end(this.#lastSequence);
      return;
    }
    this.#lastDelivery = place.delivery;
    if (place.sequence <= this.#range.to) {
      this.#lastSequence = place.sequence;
      this.#options.onMessage({
        sequence: place.sequence,
        payload: message.data,
        header: (name) => message.headers?.get(name) ?? "",
      });
    }
    if (place.pending === 0 || place.sequence >= this.#range.to) this.#end(undefined);
    else this.#pull();
  }

  /** A request that ended early (408, 409) says how many of its messages did not come. */
  #receiveStatus({ headers }: Delivered): void {
    const code = headers?.code ?? 0;
    if (code === 408 || code === 409) {
      this.#outstanding -= Number(headers?.get("Nats-Pending-Messages") ?? 0);
      this.#pull();
    } else if (code !== 100) {
      this.#end(this.#lastSequence);
    }
  }
}

/** Where a delivered message stands. */
interface Place {
  readonly sequence: number;
  /** Counts the deliveries of this consumer, from 1: a gap is a message that was lost on the way. */
  readonly delivery: number;
  /** Messages that are still to come. */
  readonly pending: number;
}

/** @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-15.md for both forms of the reply subject */
function parsePlace(reply: string | undefined): Place | undefined {
  if (reply?.startsWith("$JS.ACK.") !== true) return undefined;
  const tokens = reply.split(".");
  const first = tokens.length > 9 ? 7 : 5;
  const [sequence, delivery, , pending] = tokens.slice(first).map(Number);
  if (sequence === undefined || delivery === undefined || pending === undefined) return undefined;
  return { sequence, delivery, pending };
}
