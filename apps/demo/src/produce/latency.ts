import { build, type Histogram } from "hdr-histogram-js";

const MAX_MICROSECONDS = 120_000_000;

/** Latencies at some percentiles, in milliseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Records latencies to three digits, in constant memory. */
export class LatencyRecorder {
  readonly #histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: MAX_MICROSECONDS,
    numberOfSignificantValueDigits: 3,
  });

  record(milliseconds: number): void {
    this.#histogram.recordValue(Math.min(MAX_MICROSECONDS, Math.max(1, Math.round(milliseconds * 1_000))));
  }

  summary(): LatencySummary {
    const at = (percentile: number): number => this.#histogram.getValueAtPercentile(percentile) / 1_000;
    const histogram = this.#histogram;
    return {
      count: histogram.totalCount,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: histogram.totalCount === 0 ? 0 : histogram.maxValue / 1_000,
    };
  }
}
