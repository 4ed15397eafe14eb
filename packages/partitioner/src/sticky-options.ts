import { PartitionError } from "./partition-error.js";

/** Options of {@link sticky}, and of {@link kafkaPartitioner} for messages without a key. */
export interface StickyOptions {
  /** How many messages in a row go to one partition; integer ≥ 1, default 100. */
  readonly maxRunMessages?: number;
  /** Where chance comes from; gives numbers ≥ 0 and < 1. Default `Math.random`. For tests, and for repeatable runs. */
  readonly random?: () => number;
}

/** What {@link sticky} uses where the caller says nothing. */
export const STICKY_DEFAULTS: Readonly<Required<StickyOptions>> = Object.freeze({
  maxRunMessages: 100,
  random: () => Math.random(),
});

/** Fills in the defaults; throws PartitionError (`"invalid-option"`) for unknown names and values out of range. */
export function resolveStickyOptions(options: StickyOptions): Required<StickyOptions> {
  const known = Object.keys(STICKY_DEFAULTS);
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw invalid(`Unknown option "${name}"; known: ${known.join(", ")}.`);
  }
  const { maxRunMessages = STICKY_DEFAULTS.maxRunMessages, random = STICKY_DEFAULTS.random } = options;
  if (!Number.isSafeInteger(maxRunMessages) || maxRunMessages < 1) {
    throw invalid(`maxRunMessages is an integer of at least 1, not ${String(maxRunMessages)}.`);
  }
  if (typeof random !== "function") throw invalid(`random is a function, not ${typeof random}.`);
  return { maxRunMessages, random };
}

/** An integer from 0 up to, but not including, `count`. */
export function randomIndex(random: () => number, count: number): number {
  const value = random();
  if (!(value >= 0 && value < 1)) throw invalid(`random() must give a number ≥ 0 and < 1, not ${String(value)}.`);
  return Math.floor(value * count);
}

function invalid(message: string): PartitionError {
  return new PartitionError(message, { reason: "invalid-option" });
}
