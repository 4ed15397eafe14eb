import type { AnyContender, Task } from "../contender/catalog.js";
import type { Cell } from "../contender/cells.js";

/** A sequential contender needs a round trip per message: with as many messages as the others it would take most of the time. */
const SEQUENTIAL_DIVISOR = 8;

/** Reading is faster than sending: with as many messages it would be over before anything can be told of it. */
const READING_FACTOR = 4;

/** Bytes of a timed run at most, so that a run is no benchmark of the disk's cache. */
const MAX_BYTES = 192 * 1_024 * 1_024;

/** Enough for a percentile to mean something, where fewer were not asked for. */
const MINIMUM = 1_000;

/** The cell whose messages are counted. */
interface CellMessages {
  readonly task: Task;
  readonly cell: Cell;
  readonly contender: AnyContender;
}

/** Timed messages of a cell. @param asked - for small messages that are sent in a window. */
export function messagesFor({ task, cell, contender }: CellMessages, asked: number): number {
  const wanted = task === "consume" ? asked * READING_FACTOR : asked;
  // A batch per round trip is not what makes the others slow.
  const slow = contender.sequential && contender.name !== "stationkit-atomic";
  const affordable = Math.min(wanted / (slow ? SEQUENTIAL_DIVISOR : 1), MAX_BYTES / cell.sizeBytes);
  return Math.min(wanted, Math.max(MINIMUM, Math.floor(affordable)));
}

/** Of these, a trial of a window gets this share. */
const TRIAL_DIVISOR = 3;

/** Messages of each trial of a window. */
export function trialMessages(messages: number): number {
  return Math.ceil(messages / TRIAL_DIVISOR);
}
