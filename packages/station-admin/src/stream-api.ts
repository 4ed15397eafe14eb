import { type BrokerError, SERVER_ERROR, StationkitError } from "@stationkit/core-protocol";
import type { Operation } from "./operation.js";
import type { PurgeRequest, StreamConfig, StreamInfo, StreamPage } from "./stream-wire.js";

/** nats-server refuses the new configuration of a stream. */
const INVALID_CONFIG = 10052;
/** nats-server has not got as many servers as replicas were asked for; a single one has a number of its own for it. */
const NO_SUITABLE_PEERS = 10005;
const NOT_CLUSTERED = 10074;

function hasServerCode(error: unknown, ...codes: readonly number[]): boolean {
  if (!StationkitError.is(error)) return false;
  const code = (error as Partial<BrokerError>).serverErrorCode;
  return code !== undefined && codes.includes(code);
}

/** Whether there are too few servers for the replicas. */
export function isPlacementError(error: unknown): boolean {
  return hasServerCode(error, NO_SUITABLE_PEERS, NOT_CLUSTERED);
}

/** @returns undefined when there is no such stream. */
export async function streamInfo(operation: Operation, stream: string): Promise<StreamInfo | undefined> {
  return unlessMissing(operation.request<StreamInfo>(`STREAM.INFO.${stream}`));
}

/**
 * Adds a stream when there is none of that name: the one atomic step of JetStream's administration.
 * @returns `in-use` when there is one with another configuration; with an equal one it is `created`, also when repeated.
 */
export async function createStream(operation: Operation, config: StreamConfig): Promise<"created" | "in-use"> {
  try {
    await operation.request(`STREAM.CREATE.${config.name}`, config);
    return "created";
  } catch (error) {
    if (hasServerCode(error, SERVER_ERROR.streamNameInUse)) return "in-use";
    throw error;
  }
}

/** @returns `missing` without a stream of that name, `refused` when JetStream cannot change it so. Last writer wins. */
export async function updateStream(
  operation: Operation,
  config: StreamConfig,
): Promise<StreamInfo | "missing" | "refused"> {
  try {
    return (await unlessMissing(operation.request<StreamInfo>(`STREAM.UPDATE.${config.name}`, config))) ?? "missing";
  } catch (error) {
    if (hasServerCode(error, INVALID_CONFIG)) return "refused";
    throw error;
  }
}

/** @returns false when there was none. */
export async function deleteStream(operation: Operation, stream: string): Promise<boolean> {
  return (await unlessMissing(operation.request(`STREAM.DELETE.${stream}`))) !== undefined;
}

/** @returns the number of messages removed, or undefined without a stream of that name. */
export async function purgeStream(
  operation: Operation,
  stream: string,
  request: PurgeRequest,
): Promise<number | undefined> {
  const answer = await unlessMissing(operation.request<{ purged: number }>(`STREAM.PURGE.${stream}`, request));
  return answer?.purged;
}

/** All streams of the account, a page at a time. */
export function listStreams(operation: Operation): AsyncGenerator<readonly StreamInfo[], void, undefined> {
  return pages<StreamInfo>(operation, "STREAM.LIST");
}

/** The names of all streams of the account, a page at a time. */
export function listStreamNames(operation: Operation): AsyncGenerator<readonly string[], void, undefined> {
  return pages<string>(operation, "STREAM.NAMES");
}

async function* pages<Item>(
  operation: Operation,
  name: string,
): AsyncGenerator<readonly Item[], void, undefined> {
  for (let offset = 0; ; ) {
    const page = await operation.request<StreamPage<Item>>(name, { offset });
    yield page.streams ?? [];
    // By the page size, not by what came: a cluster leaves out the streams whose servers did not answer in time.
    offset += page.limit;
    if (page.limit < 1 || offset >= page.total) return;
  }
}

async function unlessMissing<Answer>(request: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await request;
  } catch (error) {
    if (hasServerCode(error, SERVER_ERROR.streamNotFound)) return undefined;
    throw error;
  }
}
