import type { ContenderName, Task } from "../contender/catalog.js";
import type { CellResult } from "../run/run-bench.js";
import type { Measurement } from "../worker/job.js";
import { keptUp } from "./kept-up.js";
import { type Spread, spreadOf } from "./statistics.js";

/** What producer or consumer are to reach, as a ratio of two things of the same round: what a machine is doing beside then meets both. */
export interface Target {
  readonly statement: string;
  readonly bound:
    | { readonly atLeast: number }
    | { readonly above: number }
    | { readonly atMost: number }
    | { readonly below: number };
  readonly ratio: { readonly of: Operand; readonly to: Operand };
}

/** One side of a ratio; messages of 128 B. */
interface Operand {
  readonly contender: ContenderName;
  readonly partitions: number;
  readonly value: (round: Measurement) => number | undefined;
}

/** A target, and what came of it. */
export interface TargetOutcome {
  readonly statement: string;
  /** Such as `≥ 5`. */
  readonly wanted: string;
  /** Of the rounds' own ratios; undefined when a side was not measured. */
  readonly ratio: Spread | undefined;
  readonly verdict: "met" | "missed" | "not measured";
}

const TARGET_BYTES = 128;

const rate = (contender: ContenderName, partitions = 1): Operand => ({
  contender,
  partitions,
  value: (round) => round.messagesPerSecond,
});
/**
 * Where the pace was not held, there is no round trip to compare: on the side that is judged that counts as endless, so that no
 * queue can look like an even latency; on the other the round is left out.
 */
const latency = (contender: ContenderName, percentile: "p50Ms" | "p99Ms", whenBehind: number | undefined): Operand => ({
  contender,
  partitions: 1,
  value: (round) => round.latency && (keptUp(round.latency) ? round.latency[percentile] : whenBehind),
});
const ENDLESS = Number.POSITIVE_INFINITY;

/** For one node, messages of 128 B and, where nothing else is said, one partition. */
const PRODUCER_TARGETS: readonly Target[] = [
  {
    statement: "default settings, to nats.js js.publish with msgID in its best window: msg/s",
    bound: { atLeast: 5 },
    ratio: { of: rate("stationkit"), to: rate("nats.js") },
  },
  {
    statement: "default settings, to memphis-dev async: msg/s",
    bound: { atLeast: 9 },
    ratio: { of: rate("stationkit"), to: rate("memphis-dev") },
  },
  {
    statement: "idempotent: false, to nats.js js.publish without msgID in its best window: msg/s",
    bound: { atLeast: 6.5 },
    ratio: { of: rate("stationkit-no-ids"), to: rate("nats.js-no-ids") },
  },
  {
    statement: "default settings, to nats.js with msgID and connection options as they come: msg/s",
    bound: { atLeast: 5 },
    ratio: { of: rate("stationkit"), to: rate("nats.js-as-installed") },
  },
  {
    statement: "idempotent: false, to nats.js without msgID and connection options as they come: msg/s",
    bound: { atLeast: 6.5 },
    ratio: { of: rate("stationkit-no-ids"), to: rate("nats.js-no-ids-as-installed") },
  },
  {
    statement: "idempotent: false, to the ceiling: msg/s",
    bound: { atLeast: 0.45 },
    ratio: { of: rate("stationkit-no-ids"), to: rate("ceiling") },
  },
  {
    statement: "fast ingest, to the ceiling: msg/s",
    bound: { atLeast: 0.55 },
    ratio: { of: rate("stationkit-fast-ingest"), to: rate("ceiling") },
  },
  {
    statement: "default settings, 64 partitions to one: msg/s",
    bound: { atLeast: 0.75 },
    ratio: { of: rate("stationkit", 64), to: rate("stationkit") },
  },
  {
    statement: "sync, to sequential js.publish: p50",
    bound: { atMost: 1.1 },
    ratio: {
      of: latency("stationkit-sync", "p50Ms", ENDLESS),
      to: latency("nats.js-sequential", "p50Ms", undefined),
    },
  },
  {
    statement: "default settings at half load, p99 to p50",
    bound: { below: 5 },
    ratio: { of: latency("stationkit", "p99Ms", ENDLESS), to: latency("stationkit", "p50Ms", 1) },
  },
];

/** For one node and messages of 128 B, over one partition and over several. */
const CONSUMER_TARGETS: readonly Target[] = [1, 8].flatMap((partitions) => {
  const from = partitions === 1 ? "1 partition" : `${partitions} partitions`;
  return [
    {
      statement: `iterator, to nats.js consume() with an iterator, ${from}: msg/s`,
      bound: { atLeast: 1.5 },
      ratio: { of: rate("stationkit-iterator", partitions), to: rate("nats.js-iterator", partitions) },
    },
    {
      statement: `callback, to nats.js consume() with a callback, ${from}: msg/s`,
      bound: { atLeast: 0.95 },
      ratio: { of: rate("stationkit-callback", partitions), to: rate("nats.js-callback", partitions) },
    },
    {
      statement: `iterator, to memphis-dev fetch, ${from}: msg/s`,
      bound: { above: 1 },
      ratio: { of: rate("stationkit-iterator", partitions), to: rate("memphis-dev-fetch", partitions) },
    },
    {
      statement: `callback, to memphis-dev fetch, ${from}: msg/s`,
      bound: { above: 1 },
      ratio: { of: rate("stationkit-callback", partitions), to: rate("memphis-dev-fetch", partitions) },
    },
  ];
});

export const TARGETS: Readonly<Record<Task, readonly Target[]>> = {
  produce: PRODUCER_TARGETS,
  consume: CONSUMER_TARGETS,
};

/** The verdict is on the median of the rounds' ratios. */
export function judge(targets: readonly Target[], cells: readonly CellResult[]): TargetOutcome[] {
  return targets.map(({ statement, bound, ratio: { of, to } }) => {
    const above = valuesOf(of, cells);
    const below = valuesOf(to, cells);
    const ratio = spreadOf(
      above.flatMap((value, round) => {
        const other = below[round];
        return value === undefined || other === undefined ? [] : value / other;
      }),
    );
    const [wanted, holds] = compare(bound);
    const verdict = ratio === undefined ? "not measured" : holds(ratio.median) ? "met" : "missed";
    return { statement, wanted, ratio, verdict };
  });
}

function compare(bound: Target["bound"]): [wanted: string, holds: (ratio: number) => boolean] {
  if ("atLeast" in bound) return [`≥ ${bound.atLeast}`, (ratio) => ratio >= bound.atLeast];
  if ("above" in bound) return [`> ${bound.above}`, (ratio) => ratio > bound.above];
  if ("atMost" in bound) return [`≤ ${bound.atMost}`, (ratio) => ratio <= bound.atMost];
  return [`< ${bound.below}`, (ratio) => ratio < bound.below];
}

/** By round. */
function valuesOf({ contender, partitions, value }: Operand, cells: readonly CellResult[]): (number | undefined)[] {
  const result = cells.find(
    ({ cell }) => cell.contender === contender && cell.partitions === partitions && cell.sizeBytes === TARGET_BYTES,
  );
  return (result?.rounds ?? []).map((round) => round && value(round));
}
