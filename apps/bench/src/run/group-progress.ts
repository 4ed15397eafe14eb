import type { Connection } from "@stationkit/core-protocol";
import { streamsOf } from "../contender/streams-of.js";
import type { GroupProgress } from "../worker/job.js";

/** The fields that are read of what the server tells of a durable. */
interface DurableInfo {
  readonly delivered: { readonly consumer_seq: number };
  readonly num_ack_pending: number;
  readonly num_pending: number;
}

/** How far a group is with a station, as the server has it. */
export async function groupProgress(
  connection: Connection,
  { station, partitions, group }: { station: string; partitions: number; group: string },
): Promise<GroupProgress> {
  const infos = await Promise.all(
    streamsOf(station, partitions).map((stream) =>
      connection.jetStream.request<DurableInfo>(`CONSUMER.INFO.${stream}.${group}`),
    ),
  );
  const sum = (of: (info: DurableInfo) => number): number => infos.reduce((total, info) => total + of(info), 0);
  return {
    deliveries: sum(({ delivered }) => delivered.consumer_seq),
    unanswered: sum(({ num_ack_pending }) => num_ack_pending),
    undelivered: sum(({ num_pending }) => num_pending),
  };
}
