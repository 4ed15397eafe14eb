import { FORGET_TICKS } from "./ack-clock.js";

/** A partition, as far as its reader's progress goes. */
interface MovingReader {
  readonly partition: number;
  /** When a message was handed out or answered last. */
  readonly movedTick: number;
}

/** How a consumer is read now. */
export interface ReadingNow {
  readonly tick: number;
  /** A listener has a handler per partition; everybody else takes from all of them, one after the other. */
  readonly isByPartition: boolean;
  /** What is here and in nobody's hands. */
  readonly waiting: Iterable<{ readonly partition: number }>;
}

/**
 * Partitions of which something waits for a reader that stands still: nothing was taken or answered for so long that the server has
 * delivered again what the reader has in hand.
 */
export function findStandingStill<Reader extends MovingReader>(
  readers: Iterable<Reader>,
  { tick, isByPartition, waiting }: ReadingNow,
): readonly Reader[] {
  const all = [...readers];
  const newest = Math.max(...all.map(({ movedTick }) => movedTick));
  const isStill = ({ movedTick }: Reader): boolean => tick - (isByPartition ? movedTick : newest) > FORGET_TICKS;
  const still = all.filter(isStill);
  if (still.length === 0) return still;
  const partitions = new Set(Array.from(waiting, ({ partition }) => partition));
  return still.filter(({ partition }) => partitions.has(partition));
}
