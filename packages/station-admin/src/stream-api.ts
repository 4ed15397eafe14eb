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

/** Older clusters take the second of two simultaneous additions for an update of the first, and may refuse it as one. */
function isLostRace(error: unknown): boolean {
  return hasServerCode(error, INVALID_CONFIG) && (error as Error).message.includes("configuration update");
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
  for (let attempt = 0; ; attempt++) {
    try {
      await clearRemains(operation, await operation.request<StreamInfo>(`STREAM.CREATE.${config.name}`, config));
      return "created";
    } catch (error) {
      if (hasServerCode(error, SERVER_ERROR.streamNameInUse) || isLostRace(error)) return "in-use";
      if (!isStoreRace(error) || attempt >= STORE_RACE_REPEATS) throw error;
    }
    await operation.pause(attempt);
  }
}

/** nats-server's word for any failure of its store, and how often that is taken for the race below. */
const STREAM_CREATE_FAILED = 10049;
const STORE_RACE_REPEATS = 4;

/**
 * The server removes the directories of a deleted stream in the background; when it was the account's only one, an
 * addition at that moment fails.
 * @see nats-server 2.15.0 server/stream.go, `stop` after `fileStore.Delete`
 */
function isStoreRace(error: unknown): boolean {
  return hasServerCode(error, STREAM_CREATE_FAILED) && (error as Error).message.includes("creating store");
}

/**
 * A stream that is deleted twice within a moment can leave its messages on disk, and the next stream of that name begins with
 * them. They are older than it; what is younger was produced to it and stays.
 * @see nats-server 2.15.0 server/filestore.go, `fileStore.Delete`: its rename fails while an earlier removal still runs
 */
async function clearRemains(operation: Operation, { config, created, state }: StreamInfo): Promise<void> {
  if (state.messages === 0 || Date.parse(state.last_ts) >= Date.parse(created)) return;
  await purgeStream(operation, config.name, { seq: state.last_seq + 1 });
}

/**
 * Gives a stream another configuration. Last writer wins.
 * @returns `missing` without a stream of that name, the refusal when JetStream cannot change it so.
 */
export async function updateStream(
  operation: Operation,
  config: StreamConfig,
): Promise<"updated" | "missing" | StationkitError> {
  try {
    const answer = await unlessMissing(operation.request(`STREAM.UPDATE.${config.name}`, config));
    return answer === undefined ? "missing" : "updated";
  } catch (error) {
    if (hasServerCode(error, INVALID_CONFIG)) return error as StationkitError;
    throw error;
  }
}

/**
 * Deletes a stream if `isIt` recognises it. JetStream cannot make a deletion depend on anything, so the look comes right
 * before it; and it is not simply repeated when its answer is lost, since the next stream of that name may be another.
 * @returns whether it was there.
 */
export async function deleteStreamIf(
  operation: Operation,
  stream: string,
  isIt: (info: StreamInfo) => boolean,
): Promise<boolean> {
  let found = false;
  await operation.repeat(async () => {
    const info = await streamInfo(operation, stream);
    if (info === undefined || !isIt(info)) return;
    found = true;
    await unlessMissing(operation.requestOnce(`STREAM.DELETE.${stream}`));
  });
  return found;
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

async function* pages<Item>(operation: Operation, name: string): AsyncGenerator<readonly Item[], void, undefined> {
  for (let offset = 0; ;) {
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
