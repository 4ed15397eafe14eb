import {
  type ConsumerGroupName,
  ConsumerGroupNotFoundError,
  finalSubject,
  partitionStream,
  resendSubject,
  type StationName,
  toInternalName,
} from "@stationkit/core-protocol";
import { groupInfo } from "../groups/group-api.js";
import type { Operation } from "../operation.js";

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
  const info = await groupInfo(operation, stream, durable);
  if (info === undefined) throw new ConsumerGroupNotFoundError(place);
  const { filter_subject: filter, ...rest } = info.config;
  const filters = info.config.filter_subjects ?? [filter ?? finalSubject(stream)];
  const subject = resendSubject(stream, place.group);
  if (filters.includes(subject)) return;
  await operation.request(`CONSUMER.CREATE.${stream}.${durable}`, {
    stream_name: stream,
    config: { ...rest, filter_subjects: [...filters, subject] },
    action: "update",
  });
}
