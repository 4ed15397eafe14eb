import { UsageError } from "./errors/usage-errors.js";
import { LIMITS } from "./limits.js";
import { type ConsumerGroupName, type InternalName, type StationName, toInternalName, toStationName } from "./names.js";

declare const brand: unique symbol;

/** Name of the JetStream stream that holds one partition (`orders#eu$2`). */
export type StreamName = string & { readonly [brand]: "StreamName" };
/** A subject of the data plane (`orders#eu$2.final`). */
export type SubjectName = string & { readonly [brand]: "SubjectName" };

/**
 * The stream of a partition.
 * @param partition - partition number, 1 to 10,000.
 * @throws {UsageError} when the number is out of range.
 * @see Memphis broker 1.4.4: partition p of station `a.b` is stream `a#b$p`
 */
export function partitionStream(station: StationName, partition: number): StreamName {
  if (!Number.isInteger(partition) || partition < 1 || partition > LIMITS.maxPartitions) {
    throw new UsageError(`partition must be an integer from 1 to ${LIMITS.maxPartitions}, not ${String(partition)}`);
  }
  return `${toInternalName(station)}$${partition}` as StreamName;
}

/** Everything that a partition's stream listens to: `<stream>.>`. */
export function streamSubjects(stream: StreamName): SubjectName {
  return `${stream}.>` as SubjectName;
}

/** What is produced to, and what consumers filter on: `<stream>.final`. */
export function finalSubject(stream: StreamName): SubjectName {
  return `${stream}.final` as SubjectName;
}

/** Where a Memphis broker wants messages of a partition that has functions attached: `<stream>.functions.<id>`. */
export function functionSubject(stream: StreamName, functionId: number): SubjectName {
  return `${stream}.functions.${functionId}` as SubjectName;
}

/**
 * Where a message is put that one consumer group alone is to get (again): `<stream>.resend.<group>`. The group's durable listens to it
 * beside `finalSubject` from the first such message on; Memphis clients do not know it.
 */
export function resendSubject(stream: StreamName, group: ConsumerGroupName): SubjectName {
  return `${stream}.resend.${toInternalName(group)}` as SubjectName;
}

const PARTITION_STREAM = /^([a-z0-9](?:[a-z0-9_#-]*[a-z0-9])?)\$([1-9]\d{0,4})$/;

/**
 * Reads a stream's name back.
 * @returns station and partition number, or undefined for a stream that is no partition of a station.
 */
export function tryParsePartitionStream(stream: string): { station: StationName; partition: number } | undefined {
  const match = PARTITION_STREAM.exec(stream);
  if (match?.[1] === undefined || match[1].length > LIMITS.maxNameBytes) return undefined;
  const partition = Number(match[2]);
  if (partition > LIMITS.maxPartitions) return undefined;
  return { station: toStationName(match[1] as InternalName), partition };
}
