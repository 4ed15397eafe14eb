import type { Connection } from "@stationkit/core-protocol";
import type { ResolvedProducerOptions } from "../producer-options.js";
import { type BatchChannel, openBatchChannel } from "./fast-ingest/batch-channel.js";
import { FastIngestLane } from "./fast-ingest/fast-ingest-lane.js";
import { createBatchIds } from "./fast-ingest/reply-subject.js";
import type { Lane } from "./lane.js";
import { type LaneContext, PartitionLane } from "./partition-lane.js";

/** What a lane is made from, whatever its kind. */
export interface LaneParts extends LaneContext {
  /** Copies of the station's streams now. */
  readonly replicas: () => number;
}

/** JetStream's API level from which servers know fast-ingest batches (nats-server 2.14). */
const API_LEVEL = 4;

/**
 * Makes the function that makes a producer's lanes, of the kind that its options ask for. A server without batches gets ordinary
 * lanes; that is told by a process warning, and so is each later refusal, once per producer.
 * @param inbox - name under which answers about batches come; of this producer only.
 */
export function createLanes<T>(
  connection: Connection,
  options: ResolvedProducerOptions<T>,
  inbox: string,
): (partition: number, parts: LaneParts) => Lane {
  if (options.delivery === "individual") return (partition, parts) => new PartitionLane(partition, parts);
  const warn = warnOnce(options.producerName);
  const { jetStreamApiLevel } = connection.server;
  if (jetStreamApiLevel < API_LEVEL) {
    warn(`the server's JetStream API level is ${jetStreamApiLevel}, and ${API_LEVEL} is needed (nats-server 2.14)`);
    return (partition, parts) => new PartitionLane(partition, parts);
  }
  const nextBatchId = createBatchIds();
  const { maxInFlightMessages } = options;
  // Shared by the lanes, and made with the first of them: they are what closes it.
  let channel: BatchChannel | undefined;
  return (partition, parts) => {
    channel ??= openBatchChannel(connection, inbox);
    return new FastIngestLane(partition, { ...parts, channel, nextBatchId, maxInFlightMessages, onFallback: warn });
  };
}

function warnOnce(producerName: string): (reason: string) => void {
  let isWarned = false;
  return (reason) => {
    if (isWarned) return;
    isWarned = true;
    process.emitWarning(
      `producer "${producerName}" publishes messages one by one instead of by fast ingest: ${reason}`,
      { code: "SK_FAST_INGEST_UNAVAILABLE" },
    );
  };
}
