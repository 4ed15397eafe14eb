import { finalSubject, type StreamName, toInternalName } from "@stationkit/core-protocol";
import type { NormalizedConsumerCreation } from "@stationkit/core-protocol/control";

/** JetStream's consumer configuration, of which only this much matters here; durations in nanoseconds. The rest is kept as it is. */
export interface DurableConfig extends Readonly<Record<string, unknown>> {
  readonly ack_wait?: number;
  /** -1 or absent: no limit. */
  readonly max_deliver?: number;
  readonly priority_policy?: string;
}

/** What a consumer asks of its group. */
export type GroupRequest = Pick<
  NormalizedConsumerCreation,
  "consumerGroup" | "maxAckTimeMs" | "maxMessageDeliveries" | "startConsumeFromSequence" | "lastMessages"
>;

const NANOSECONDS = 1_000_000;

/**
 * The durable of a partition, as a Memphis broker makes it.
 * @param lastSequence - of the partition now.
 * @see Memphis broker 1.4.4, memphis_helper.go:787-850; memphis-protocol.md section 9
 */
export function newDurable(stream: StreamName, request: GroupRequest, lastSequence: number): DurableConfig {
  return {
    durable_name: toInternalName(request.consumerGroup),
    ...start(request, lastSequence),
    ack_policy: "explicit",
    ack_wait: request.maxAckTimeMs * NANOSECONDS,
    max_deliver: request.maxMessageDeliveries,
    max_ack_pending: -1,
    filter_subject: finalSubject(stream),
    replay_policy: "instant",
  };
}

/** @returns undefined when the durable is as asked for. */
export function changedDurable(existing: DurableConfig, request: GroupRequest): DurableConfig | undefined {
  const ackWait = request.maxAckTimeMs * NANOSECONDS;
  if (existing.ack_wait === ackWait && existing.max_deliver === request.maxMessageDeliveries) return undefined;
  return { ...existing, ack_wait: ackWait, max_deliver: request.maxMessageDeliveries };
}

/** Also with a single partition and `lastMessages`, where a Memphis broker makes no durable at all. */
function start({ startConsumeFromSequence, lastMessages }: GroupRequest, lastSequence: number): object {
  if (lastMessages === 0) return { deliver_policy: "new" };
  const sequence = lastMessages > 0 ? lastSequence - lastMessages + 1 : startConsumeFromSequence;
  return sequence <= 1 ? { deliver_policy: "all" } : { deliver_policy: "by_start_sequence", opt_start_seq: sequence };
}
