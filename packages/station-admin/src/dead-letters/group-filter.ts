import {
  BrokerError,
  type ConsumerGroupName,
  ConsumerGroupNotFoundError,
  finalSubject,
  partitionStream,
  resendSubject,
  type StationName,
  toInternalName,
} from "@stationkit/core-protocol";
import type { Operation } from "../operation.js";

interface GroupConfig {
  readonly filter_subject?: string;
  readonly filter_subjects?: readonly string[];
}

const CONSUMER_NOT_FOUND = 10014;

/**
 * Makes the durable of a group listen to what is sent to it alone, beside all that is produced. Not from the beginning on, so that a
 * durable is as a Memphis broker makes it until there is need for this.
 * @throws {ConsumerGroupNotFoundError} when the group has no durable on the partition.
 */
export async function listenToResent(
  operation: Operation,
  place: { readonly station: StationName; readonly partition: number; readonly group: ConsumerGroupName },
): Promise<void> {
  const stream = partitionStream(place.station, place.partition);
  const durable = toInternalName(place.group);
  try {
    const { config } = await operation.request<{ config: GroupConfig }>(`CONSUMER.INFO.${stream}.${durable}`);
    const { filter_subject: filter, ...rest } = config;
    const filters = config.filter_subjects ?? [filter ?? finalSubject(stream)];
    const subject = resendSubject(stream, place.group);
    if (filters.includes(subject)) return;
    await operation.request(`CONSUMER.CREATE.${stream}.${durable}`, {
      stream_name: stream,
      config: { ...rest, filter_subjects: [...filters, subject] },
      action: "update",
    });
  } catch (error) {
    if (!(error instanceof BrokerError) || error.serverErrorCode !== CONSUMER_NOT_FOUND) throw error;
    throw new ConsumerGroupNotFoundError(place, { cause: error });
  }
}
