import type { Contender } from "./contender.js";
import type { Tally } from "./tally.js";

/** A way to read a station and to acknowledge every message. */
export type ReadingContender = Contender<ReadingSession>;

/** A contender that reads, at work. */
export interface ReadingSession extends AsyncDisposable {
  /**
   * Declares a group that has read nothing, with a durable on every partition; no message is asked for yet.
   * @param window - one of the contender's `windows`; without meaning to a contender that has none.
   */
  join(group: string, window: number): Promise<Membership>;
}

/** The only member of a group. */
export interface Membership extends AsyncDisposable {
  /** Reads and acknowledges all that the tally expects, once, and tells it every message. Resolves when the last acknowledgement was given. */
  read(tally: Tally): Promise<void>;
}

/** For contenders of whom each partition is asked separately. */
export const PULL_WINDOW: ReadingContender["window"] & object = {
  meaning: "max_messages of a partition",
  candidates: [100, 500, 1_000, 2_000, 5_000, 20_000],
};

/** For contenders that fetch batches. */
export const FETCH_WINDOW: ReadingContender["window"] & object = {
  meaning: "messages a fetch",
  // Neither stationkit nor memphis-dev takes more.
  candidates: [100, 500, 1_000, 2_000, 5_000],
};
