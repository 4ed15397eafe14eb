import {
  partitionStream,
  StationConflictError,
  StationkitError,
  type StationName,
  StationUnavailableError,
} from "@stationkit/core-protocol";
import { inParallel, type Operation } from "./operation.js";
import { headOf, isOwn, type OwnHead, readHead, streamInTheWay } from "./read-station.js";
import { partitionNumbers } from "./station.js";
import { decodeRecord } from "./station-record.js";
import { readSettings, changedStreamConfig, newStreamConfig, serverFeatures } from "./stream-config.js";
import { createStream, deleteStreamIf, streamInfo, updateStream } from "./stream-api.js";
import { settingDifferences } from "./station-settings.js";
import type { StreamInfo } from "./stream-wire.js";

/** How long a foreign stream among the partitions is left to the creator whose station it is, before anyone replaces it. */
const TAKEOVER_MS = 2_000;

/**
 * In clusters of nats-server 2.10 (seen on 2.10.27, not on 2.15.1) the addition of a stream is not atomic while another addition
 * of the same name is on its way: the later one overwrites the earlier, or both are gone. There a station is only believed once
 * partition 1 is older than that can take.
 */
const SETTLING_MS = 1_000;
const ATOMIC_SINCE_API_LEVEL = 5;

function isSettling({ connection }: Operation, { ageMs }: OwnHead): boolean {
  const { cluster, jetStreamApiLevel } = connection.server;
  return cluster !== undefined && jetStreamApiLevel < ATOMIC_SINCE_API_LEVEL && ageMs < SETTLING_MS;
}

/**
 * Brings partitions 2..N to what partition 1 says. Safe for many at once, and after any crash:
 * - a missing stream is added, a stale one of this station updated: everyone writes the same, so order does not matter;
 * - a stream that an unfinished or destroyed station left is updated when it never held a message, else replaced. Only the
 *   creator replaces, since of two who delete and add, the second could delete what the first has added; the others wait,
 *   and step in when nothing has moved for 2 seconds;
 * - partition 1 itself is restored when another partition knows a newer revision of the settings.
 * @param creator - whether this call has added partition 1.
 * @returns the head at the end; undefined when the station was destroyed, or made anew, meanwhile.
 * @throws {StationConflictError} when a stream in the place of a partition belongs to nobody.
 * @throws {StationUnavailableError} when the creator did not finish before the deadline.
 */
export async function completeStation(
  operation: Operation,
  start: OwnHead,
  creator: boolean,
): Promise<OwnHead | undefined> {
  let head = start;
  const patience = new Patience();
  const added = new Set<number>();
  for (let attempt = 0; ; attempt++) {
    const outcomes = await inParallel(partitionNumbers(head.partitionCount).slice(1), (partition) =>
      settlePartition(operation, { head, partition, mayReplace: creator || patience.exhausted, added }),
    );
    const settling = isSettling(operation, head);
    if (!settling && outcomes.every((outcome) => outcome === "settled")) return head;
    await restoreRevision(operation, head, outcomes);
    const now = await readHead(operation, head.name);
    if (now === undefined || !isOwn(now) || now.record.id !== head.record.id) {
      await withdrawStreams(operation, { name: head.name, id: head.record.id, partitions: [...added] });
      return undefined;
    }
    head = now;
    const waiting = outcomes.filter(isWaiting);
    patience.see(waiting.join());
    if (operation.expired) {
      throw new StationUnavailableError(`station "${head.name}" was not completed in time`, head.name);
    }
    // Whoever was about to delete the leftover that has just been claimed does so before the next look, which mends it.
    if (settling || waiting.length > 0 || outcomes.includes("claimed")) await operation.pause(attempt);
  }
}

/** Measures how long the same partitions have been waited for. */
class Patience {
  #waiting = "";
  #since = 0;
  readonly #limitMs = TAKEOVER_MS * (1 + Math.random() / 2);

  see(waiting: string): void {
    if (waiting === this.#waiting) return;
    this.#waiting = waiting;
    this.#since = performance.now();
  }

  get exhausted(): boolean {
    return this.#waiting !== "" && performance.now() - this.#since >= this.#limitMs;
  }
}

export interface PartitionTask {
  readonly head: OwnHead;
  readonly partition: number;
  readonly mayReplace: boolean;
  /** Takes down which streams this call has added. */
  readonly added: Set<number>;
}

/** `changed`, `claimed`: look again. `waiting…`: for the creator. A stream: one whose settings are newer than partition 1's. */
export type Outcome = "settled" | "changed" | "claimed" | `waiting ${string}` | StreamInfo;

function isWaiting(outcome: Outcome): outcome is `waiting ${string}` {
  return typeof outcome === "string" && outcome.startsWith("waiting");
}

export async function settlePartition(operation: Operation, task: PartitionTask): Promise<Outcome> {
  const { head, partition } = task;
  const info = await streamInfo(operation, partitionStream(head.name, partition));
  if (info === undefined) return addPartition(operation, task);
  const record = decodeRecord(info.config.metadata);
  if (record === undefined) throw streamInTheWay(head.name, info.config);
  if (record.id !== head.record.id) return claimLeftover(operation, task, info);
  if (record.revision > head.record.revision) return info;
  const sameSettings = settingDifferences(
    { ...readSettings(info.config), storage: head.settings.storage },
    head.settings,
  );
  if (record.revision === head.record.revision && sameSettings.length === 0) return "settled";
  const answer = await updateStream(operation, changedStreamConfig(info.config, head.settings, head.record));
  if (!StationkitError.is(answer)) return "changed";
  throw new StationConflictError(
    `station "${head.name}": stream "${info.config.name}" cannot be given the settings of partition 1`,
    head.name,
    {},
    { cause: answer },
  );
}

async function addPartition(operation: Operation, { head, partition, added }: PartitionTask): Promise<Outcome> {
  const { name, settings, record } = head;
  const features = serverFeatures(operation.connection.server);
  added.add(partition);
  await createStream(operation, newStreamConfig({ name, partition, settings, record, features }));
  return "changed";
}

/** Makes a stream of an unfinished or destroyed station this station's, or waits for its creator to do so. */
async function claimLeftover(operation: Operation, task: PartitionTask, info: StreamInfo): Promise<Outcome> {
  const { head, mayReplace } = task;
  const neverUsed = info.state.last_seq === 0 && info.state.consumer_count === 0;
  if (neverUsed && info.config.storage === head.settings.storage) {
    const answer = await updateStream(operation, changedStreamConfig(info.config, head.settings, head.record));
    if (!StationkitError.is(answer)) return "claimed";
  }
  if (!mayReplace) return `waiting ${info.config.name} ${info.created}`;
  // A stream that has a record, but not this station's.
  await deleteStreamIf(operation, info.config.name, (now) => {
    const id = decodeRecord(now.config.metadata)?.id;
    return id !== undefined && id !== head.record.id;
  });
  return "claimed";
}

/** Streams that one call has added under one id. */
export interface Withdrawal {
  readonly name: StationName;
  readonly id: string;
  readonly partitions: readonly number[];
}

/** Deletes those of them that nobody has claimed. */
export async function withdrawStreams(operation: Operation, { name, id, partitions }: Withdrawal): Promise<void> {
  await inParallel(partitions, async (partition) => {
    const isMine = ({ config }: StreamInfo): boolean => decodeRecord(config.metadata)?.id === id;
    await deleteStreamIf(operation, partitionStream(name, partition), isMine);
  });
}

/** Writes settings that a partition knows and partition 1 has lost to a concurrent change back to partition 1. */
async function restoreRevision(operation: Operation, head: OwnHead, outcomes: readonly Outcome[]): Promise<void> {
  const newer = outcomes.filter((outcome) => typeof outcome === "object").map((info) => headOf(head.name, info));
  const newest = newer.filter(isOwn).sort((a, b) => b.record.revision - a.record.revision)[0];
  if (newest === undefined) return;
  const record = { ...newest.record, partitions: head.partitionCount };
  const settings = { ...newest.settings, storage: head.settings.storage };
  await updateStream(operation, changedStreamConfig(head.config, settings, record));
}
