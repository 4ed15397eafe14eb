import { randomBytes } from "node:crypto";
import { type Connection, finalSubject, StationkitError, type StreamName } from "@stationkit/core-protocol";

/** What is handed out of a message; valid for as long as the caller keeps it. */
export interface Delivered {
  /** From 1, per partition. */
  readonly sequence: number;
  readonly bytes: Uint8Array;
  /** Header names and first values. */
  readonly headers: () => ReadonlyMap<string, string>;
}

const BATCH = 2_000;
const NANOSECONDS = 1_000_000;
const SILENCE_MS = 5_000;
const MAX_FRUITLESS_TRIES = 6;

interface StreamInfo {
  readonly state: { readonly last_seq: number; readonly messages: number };
}

type Msg = Parameters<
  NonNullable<NonNullable<Parameters<Connection["natsConnection"]["subscribe"]>[1]>["callback"]>
>[1];

/**
 * Reads what was produced to a partition, in the order of the sequences, one batch at a time. A reader that misses something
 * (a server that fell, a replica that is behind) begins again after the last message that came, so that each is seen once.
 * @throws {Error} when the server does not give everything up to the stream's last sequence.
 */
export async function readPartition(
  connection: Connection,
  stream: StreamName,
  visit: (message: Delivered) => void,
): Promise<void> {
  let last = 0;
  for (let fruitless = 1; ; fruitless++) {
    try {
      const { state } = await connection.jetStream.request<StreamInfo>(`STREAM.INFO.${stream}`);
      if (state.messages === 0 || last >= state.last_seq) return;
      const reached = await readFrom(connection, { stream, from: last + 1, to: state.last_seq }, visit);
      if (reached > last) fruitless = 0;
      last = reached;
      if (fruitless < MAX_FRUITLESS_TRIES) continue;
      throw new Error(`stream ${stream} ends with sequence ${state.last_seq}, and gives nothing after ${last}`);
    } catch (error) {
      // A server that has just come back may leave a request unanswered.
      if (fruitless === MAX_FRUITLESS_TRIES || !StationkitError.is(error) || !error.retryable) throw error;
    }
  }
}

interface Range {
  readonly stream: StreamName;
  readonly from: number;
  readonly to: number;
}

/** The life of one consumer. @returns the last sequence that came. */
async function readFrom(
  { natsConnection, jetStream, inboxPrefix }: Connection,
  { stream, from, to }: Range,
  visit: (message: Delivered) => void,
): Promise<number> {
  const name = `reader-${randomBytes(8).toString("hex")}`;
  const inbox = `${inboxPrefix}.${name}`;
  const subject = finalSubject(stream);
  let last = from - 1;
  let deliveries = 0;
  let missing = 0;
  let heardAt = Date.now();
  let resolve: (() => void) | undefined;

  function take(message: Msg): void {
    const place = parsePlace(message.reply);
    heardAt = Date.now();
    // A status: the request ended early, or nobody is there. Or a delivery between this and the last one is missing.
    if (place?.delivery !== ++deliveries) {
      missing = 0;
      deliveries = Number.NaN;
      resolve?.();
      return;
    }
    last = place.sequence;
    if (message.subject === subject) {
      visit({ sequence: last, bytes: message.data, headers: () => firstValues(message) });
    }
    if (--missing === 0 || last >= to) resolve?.();
  }

  const config = {
    ...{ name, deliver_policy: "by_start_sequence", opt_start_seq: from, ack_policy: "none" },
    ...{ mem_storage: true, num_replicas: 1, inactive_threshold: 30_000 * NANOSECONDS },
  };
  await jetStream.request(`CONSUMER.CREATE.${stream}.${name}`, { stream_name: stream, config });
  const subscription = natsConnection.subscribe(inbox, {
    callback: (error, message) => {
      if (error === null) take(message);
    },
  });
  const watch = setInterval(() => {
    if (Date.now() - heardAt > SILENCE_MS) resolve?.();
  }, 500);
  try {
    do {
      missing = BATCH;
      heardAt = Date.now();
      const batch = new Promise<void>((done) => (resolve = done));
      const request = { batch: BATCH, expires: (SILENCE_MS / 2) * NANOSECONDS };
      const next = `${jetStream.prefix}.CONSUMER.MSG.NEXT.${stream}.${name}`;
      natsConnection.publish(next, JSON.stringify(request), { reply: inbox });
      await batch;
    } while (missing === 0 && !Number.isNaN(deliveries) && last < to);
  } finally {
    clearInterval(watch);
    subscription.unsubscribe();
    // It would end by itself after its inactive threshold.
    await jetStream.request(`CONSUMER.DELETE.${stream}.${name}`).catch(() => undefined);
  }
  return last;
}

/** @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-15.md for both forms of the reply subject */
function parsePlace(reply: string | undefined): { sequence: number; delivery: number } | undefined {
  if (reply?.startsWith("$JS.ACK.") !== true) return undefined;
  const tokens = reply.split(".");
  const [sequence, delivery] = tokens.slice(tokens.length > 9 ? 7 : 5).map(Number);
  return sequence === undefined || delivery === undefined ? undefined : { sequence, delivery };
}

function firstValues(message: Msg): ReadonlyMap<string, string> {
  return new Map([...(message.headers ?? [])].map(([name, values]) => [name, values[0] ?? ""]));
}
