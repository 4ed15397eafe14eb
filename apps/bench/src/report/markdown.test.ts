import { describe, expect, it } from "vitest";
import type { Task } from "../contender/catalog.js";
import type { BenchOptions, BenchResult, CellResult } from "../run/run-bench.js";
import { drawChart } from "./chart.js";
import type { Environment } from "./environment.js";
import { writeMarkdown } from "./markdown.js";
import { aCell, aRound } from "./results.fake.js";
import { judge, TARGETS } from "./targets.js";

const environment: Environment = {
  machine: "2 × test, 1 GiB of memory",
  system: "Linux 1",
  node: "20.0.0",
  packages: [],
  commit: "abc",
  fsyncMs: 1,
  loadAverage: 0,
};

function report(
  cells: readonly CellResult[],
  { task = "produce", window, ...changes }: Partial<BenchResult> & { task?: Task; window?: number } = {},
): string {
  const options: BenchOptions = {
    task,
    rounds: 3,
    messages: 100,
    only: [],
    sizeBytes: undefined,
    window,
    cluster: false,
    pacedMs: 1,
    timeoutMs: 1,
  };
  const result: BenchResult = {
    options,
    serverVersion: "2.15.1",
    cells,
    unavailable: ["stationkit-atomic"],
    startedAt: new Date("2026-01-02T03:04:05Z"),
    elapsedMs: 1_000,
    othersShare: 0.01,
    ...changes,
  };
  const outcomes = judge(TARGETS[result.options.task], cells);
  return writeMarkdown({ result, environment, outcomes, chartFile: "chart.svg" });
}

describe("the report", () => {
  const slow = aCell(
    "stationkit",
    [100, 300, 200].map((messagesPerSecond) => aRound({ messagesPerSecond })),
  );
  const fast = aCell("nats.js", [aRound(), aRound(), aRound()]);

  it("shows a missed target as missed, with what was measured, and counts it", () => {
    const text = report([slow, fast]);
    expect(text).toContain("with msgID in its best window: msg/s | ≥ 5 | 0.2 (0.1–0.3) | missed |");
    expect(text).toContain("1 met, 1 missed, 8 not measured");
  });

  it("tells median, slowest and fastest round", () => {
    expect(report([slow])).toContain("| stationkit | 200 (100–300) |");
  });

  it("names what failed, and has a row for it", () => {
    const text = report([aCell("nats.js", [undefined])]);
    expect(text).toContain("| nats.js | failed |");
    expect(text).toContain("- nats.js, 128 B: it broke");
  });

  it("names what is not there", () => {
    expect(report([slow])).toContain("Not there in these versions: stationkit-atomic.");
  });

  it("says when the pace was not kept", () => {
    const behind = aCell("nats.js", [aRound({ messagesPerSecond: 1_000, acknowledgedPerSecond: 400 })]);
    expect(report([behind])).toContain("| nats.js | 400 (fell behind) |");
    expect(report([fast])).not.toContain("(fell behind)");
  });

  it("of readers judges them, and tells no latencies", () => {
    const text = report([aCell("stationkit-iterator", [aRound()], { partitions: 8 })], { task: "consume" });
    expect(text).toMatch(/^# Consumer benchmark of 2026-01-02, one node\n/);
    expect(text).toContain("| iterator, to nats.js consume() with an iterator, 8 partitions: msg/s | ≥ 1.5 | – |");
    expect(text).not.toContain("## Latency");
    expect(text).not.toContain("half load");
  });

  it("says when the windows were not the best ones", () => {
    expect(report([slow], { window: 7 })).toContain("told to use the window 7");
    expect(report([slow])).not.toContain("told to use");
  });

  it("says when others used the machine", () => {
    expect(report([slow], { othersShare: 0.5 })).toContain("Others took 50 % of the processors' time");
    expect(report([slow])).not.toContain("Others took");
  });
});

describe("the chart", () => {
  it("has a panel for each size, and a bar and a whisker for each contender that was measured", () => {
    const larger = aCell("ceiling", [aRound()], { sizeBytes: 1_024 });
    const chart = drawChart([aCell("stationkit", [aRound()]), larger, aCell("nats.js", [undefined])], {
      title: "a < b",
      subtitle: "",
    });
    expect(chart.match(/class="panel"/g)).toHaveLength(2);
    expect(chart.match(/<rect class="peer"/g)).toHaveLength(2);
    expect(chart.match(/class="whisker"/g)).toHaveLength(2);
    expect(chart).toContain("a &lt; b");
    expect(chart).not.toContain("NaN");
  });
});
