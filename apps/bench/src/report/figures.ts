import type { CellResult } from "../run/run-bench.js";
import type { Measurement } from "../worker/job.js";
import { keptUp } from "./kept-up.js";
import { type Spread, spreadOf } from "./statistics.js";

/** What the tables say of one cell: spreads over the rounds that did not fail. */
export interface Figures {
  readonly result: CellResult;
  readonly messagesPerSecond: Spread;
  readonly megabytesPerSecond: Spread;
  readonly clientCpuSeconds: Spread;
  readonly serverCpuSeconds: Spread;
  readonly clientPeakBytes: Spread;
  readonly serverPeakBytes: Spread;
  /** undefined for a contender that is told of no acknowledgements. */
  readonly latency: LatencyFigures | undefined;
}

/** Medians of the rounds' own percentiles, in milliseconds. */
interface LatencyFigures {
  readonly acknowledgedPerSecond: Spread;
  /** In most rounds. */
  readonly keptUp: boolean;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  readonly p999Ms: Spread;
}

/** @returns undefined when every round failed. */
export function figuresOf(result: CellResult): Figures | undefined {
  const rounds = result.rounds.filter((round) => round !== undefined);
  const over = (value: (round: Measurement) => number): Spread | undefined => spreadOf(rounds.map(value));
  const messagesPerSecond = over((round) => round.messagesPerSecond);
  const clientCpuSeconds = over((round) => round.clientCpuSeconds);
  const serverCpuSeconds = over((round) => round.serverCpuSeconds);
  const clientPeakBytes = over((round) => round.clientPeakBytes);
  const serverPeakBytes = over((round) => round.serverPeakBytes);
  const megabytesPerSecond = over((round) => (round.messagesPerSecond * result.cell.sizeBytes) / 1_000_000);
  if (!messagesPerSecond || !megabytesPerSecond || !clientCpuSeconds || !serverCpuSeconds) return undefined;
  if (!clientPeakBytes || !serverPeakBytes) return undefined;
  return {
    result,
    messagesPerSecond,
    megabytesPerSecond,
    clientCpuSeconds,
    serverCpuSeconds,
    clientPeakBytes,
    serverPeakBytes,
    latency: latencyOf(rounds),
  };
}

function latencyOf(rounds: readonly Measurement[]): LatencyFigures | undefined {
  const latencies = rounds.flatMap(({ latency }) => latency ?? []);
  const acknowledgedPerSecond = spreadOf(latencies.map((one) => one.acknowledgedPerSecond));
  const p50Ms = spreadOf(latencies.map((one) => one.p50Ms));
  const p99Ms = spreadOf(latencies.map((one) => one.p99Ms));
  const p999Ms = spreadOf(latencies.map((one) => one.p999Ms));
  if (!acknowledgedPerSecond || !p50Ms || !p99Ms || !p999Ms) return undefined;
  const inMost = latencies.filter(keptUp).length * 2 > latencies.length;
  return { acknowledgedPerSecond, keptUp: inMost, p50Ms, p99Ms, p999Ms };
}
