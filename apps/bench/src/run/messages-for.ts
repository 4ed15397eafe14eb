import type { Cell } from "../contender/cells.js";
import type { Contender } from "../contender/contender.js";

/** A sequential contender needs a round trip per message: with as many messages as the others it would take most of the time. */
const SEQUENTIAL_DIVISOR = 8;

/** Bytes of a timed run at most, so that a run is no benchmark of the disk's cache. */
const MAX_BYTES = 192 * 1_024 * 1_024;

/** Enough for a percentile to mean something, where fewer were not asked for. */
const MINIMUM = 1_000;

/** Timed messages of a cell. @param asked - for small messages in a window. */
export function messagesFor({ sizeBytes }: Cell, contender: Contender, asked: number): number {
  // A batch per round trip is not what makes the others slow.
  const slow = contender.sequential && contender.name !== "stationkit-atomic";
  const affordable = Math.min(asked / (slow ? SEQUENTIAL_DIVISOR : 1), MAX_BYTES / sizeBytes);
  return Math.min(asked, Math.max(MINIMUM, Math.floor(affordable)));
}
