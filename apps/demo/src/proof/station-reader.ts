import { randomBytes } from "node:crypto";
import type { Connection, ConnectionStatus, StationName } from "@stationkit/core-protocol";
import { createConsumer } from "@stationkit/consumer";
import { createStationAdmin } from "@stationkit/station-admin";
import { JobError } from "../job-error.js";

/** A message as a partition holds it. */
interface StoredMessage {
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

interface ReadOptions {
  readonly signal: AbortSignal;
  readonly onMessage: (message: StoredMessage) => void;
}

const BATCH = 1_000;
const SILENCE_MS = 5_000;
const MAX_TRIES = 4;
const FORGET_TIMEOUT_MS = 5_000;

/**
 * Reads a partition from the server, in order and every message once: by a consumer group of its own, which is made anew behind the last
 * message whenever the connection is lost, since messages that were on their way would come later than those behind them.
 * @throws {JobError} when the server stops answering. An aborted signal ends the reading in silence.
 */
export async function readPartition(connection: Connection, range: ReadRange, options: ReadOptions): Promise<void> {
  let { from } = range;
  let fruitless = 0;
  while (from <= range.to && !options.signal.aborted) {
    const last = await readOnce(connection, { ...range, from }, options);
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

/** @returns undefined when everything was read, otherwise the last sequence that came. */
async function readOnce(
  connection: Connection,
  { station, partition, from, to }: ReadRange,
  { signal, onMessage }: ReadOptions,
): Promise<number | undefined> {
  const group = `proof-${randomBytes(8).toString("hex")}`;
  const consumer = await createConsumer(connection, {
    stationName: station,
    consumerName: group,
    partitionNumber: partition,
    start: { fromSequence: from },
  });
  const broken = new AbortController();
  const onStatus = ({ type }: ConnectionStatus): void => {
    if (type === "disconnected") broken.abort();
  };
  connection.on("status", onStatus);
  try {
    let last = from - 1;
    const [lag] = await consumer.lag();
    for (let left = lag?.pending ?? 0; left > 0;) {
      const messages = await consumer.fetch({ batchSize: Math.min(BATCH, left), maxWaitMs: SILENCE_MS });
      if (messages.length === 0 || broken.signal.aborted || signal.aborted) return last;
      for (const message of messages) {
        void message.ack();
        if (message.sequence > to) return undefined;
        last = message.sequence;
        onMessage({
          sequence: message.sequence,
          payload: message.data,
          header: (name) => [message.headers[name] ?? ""].flat()[0] ?? "",
        });
      }
      left -= messages.length;
    }
    return undefined;
  } finally {
    connection.off("status", onStatus);
    await consumer.close();
    // A server that is gone keeps the group until somebody deletes it, or the station.
    await createStationAdmin(connection, { timeoutMs: FORGET_TIMEOUT_MS })
      .consumerGroups(station)
      .destroy(group)
      .catch(() => undefined);
  }
}
