import {
  type Connection,
  finalSubject,
  parseConsumerGroupName,
  partitionStream,
  type StationName,
  streamSubjects,
  toInternalName,
} from "@stationkit/core-protocol";
import type { NormalizedConsumerCreation, NormalizedStationCreation } from "@stationkit/core-protocol/control";

const NANOSECONDS = 1_000_000;

/** Makes the streams of a station as broker 1.4.4 does, one after the other. @see memphis-protocol.md section 4 */
export async function addStationStreams(
  connection: Connection,
  { stationName, partitions, retention, storage, replicas, idempotencyWindowMs }: NormalizedStationCreation,
): Promise<void> {
  for (let partition = 1; partition <= partitions; partition++) {
    const name = partitionStream(stationName, partition);
    await connection.jetStream.request(`STREAM.CREATE.${name}`, {
      name,
      subjects: [streamSubjects(name)],
      storage,
      num_replicas: replicas,
      retention: retention.type === "ack" ? "interest" : "limits",
      max_age: retention.type === "age" ? retention.maxAgeMs * NANOSECONDS : 0,
      max_msgs: retention.type === "messages" ? retention.maxMessages : -1,
      max_bytes: retention.type === "bytes" ? retention.maxBytes : -1,
      max_msg_size: -1,
      max_consumers: -1,
      max_msgs_per_subject: -1,
      discard: "old",
      duplicate_window: idempotencyWindowMs * NANOSECONDS,
    });
  }
}

export async function removeStationStreams(
  connection: Connection,
  station: StationName,
  partitions: readonly number[],
): Promise<void> {
  for (const partition of partitions) {
    await connection.jetStream.request(`STREAM.DELETE.${partitionStream(station, partition)}`).catch(() => undefined);
  }
}

/**
 * Makes or changes the durables of a group, with the broker's fault: of one partition and a number of last messages, none.
 * @see memphis-protocol.md section 9.1
 */
export async function addGroupDurables(
  connection: Connection,
  consumer: NormalizedConsumerCreation,
  partitions: readonly number[],
): Promise<void> {
  const durable = toInternalName(parseConsumerGroupName(consumer.consumerGroup));
  if (partitions.length === 1 && consumer.lastMessages > 0) return;
  for (const partition of partitions) {
    const stream = partitionStream(consumer.stationName, partition);
    const { state } = await connection.jetStream.request<{ state: { last_seq: number } }>(`STREAM.INFO.${stream}`);
    await connection.jetStream.request(`CONSUMER.CREATE.${stream}.${durable}.${finalSubject(stream)}`, {
      stream_name: stream,
      config: {
        durable_name: durable,
        ...startOf(consumer, state.last_seq),
        ack_policy: "explicit",
        ack_wait: consumer.maxAckTimeMs * NANOSECONDS,
        max_deliver: consumer.maxMessageDeliveries,
        max_ack_pending: -1,
        filter_subject: finalSubject(stream),
        replay_policy: "instant",
      },
    });
  }
}

function startOf({ startConsumeFromSequence, lastMessages }: NormalizedConsumerCreation, lastSequence: number): object {
  if (lastMessages === 0) return { deliver_policy: "new" };
  const sequence = lastMessages > 0 ? Math.max(1, lastSequence - lastMessages + 1) : startConsumeFromSequence;
  return sequence <= 1 ? { deliver_policy: "all" } : { deliver_policy: "by_start_sequence", opt_start_seq: sequence };
}
