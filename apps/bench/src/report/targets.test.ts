import { describe, expect, it } from "vitest";
import type { ContenderName } from "../contender/catalog.js";
import type { CellResult } from "../run/run-bench.js";
import { aCell, aRound } from "./results.fake.js";
import { judge, type TargetOutcome, TARGETS } from "./targets.js";

const ALL = [...TARGETS.produce, ...TARGETS.consume];

function verdictOf(statement: string, cells: readonly CellResult[]): TargetOutcome {
  const outcome = judge(ALL, cells).find((one) => one.statement.includes(statement));
  if (outcome === undefined) throw new Error(`no target says "${statement}"`);
  return outcome;
}

function at(rates: Partial<Record<ContenderName, readonly number[]>>): CellResult[] {
  return Object.entries(rates).map(([contender, perRound]) =>
    aCell(
      contender as ContenderName,
      perRound.map((messagesPerSecond) => aRound({ messagesPerSecond })),
    ),
  );
}

describe("the targets", () => {
  it("are missed when every contender is as fast as every other", () => {
    const names: ContenderName[] = ["stationkit", "stationkit-no-ids", "nats.js", "nats.js-no-ids", "memphis-dev"];
    const cells = names.map((name) => aCell(name, [aRound({ messagesPerSecond: 1_000 })]));
    const missed = judge(TARGETS.produce, cells).filter(({ verdict }) => verdict === "missed");
    expect(missed.map(({ wanted }) => wanted)).toEqual(["≥ 5", "≥ 9", "≥ 6.5"]);
  });

  it("are met at the bound and missed right below it", () => {
    expect(verdictOf("with msgID", at({ stationkit: [500], "nats.js": [100] })).verdict).toBe("met");
    expect(verdictOf("with msgID", at({ stationkit: [499], "nats.js": [100] })).verdict).toBe("missed");
    const latency = (p50Ms: number, p99Ms: number): CellResult[] => [aCell("stationkit", [aRound({ p50Ms, p99Ms })])];
    expect(verdictOf("p99 to p50", latency(1, 4.9)).verdict).toBe("met");
    expect(verdictOf("p99 to p50", latency(1, 5)).verdict).toBe("missed");
  });

  it("are judged by the median of ratios within rounds, not across them", () => {
    // A machine that is ten times slower in one round changes no ratio.
    const { ratio, verdict } = verdictOf(
      "memphis-dev",
      at({ stationkit: [1_000, 100, 800], "memphis-dev": [100, 10, 100] }),
    );
    expect(ratio).toEqual({ median: 10, min: 8, max: 10 });
    expect(verdict).toBe("met");
  });

  it("leave out rounds in which one side failed", () => {
    const cells = [
      ...at({ stationkit: [900, 900] }),
      aCell("nats.js", [undefined, aRound({ messagesPerSecond: 300 })]),
    ];
    expect(verdictOf("with msgID", cells)).toMatchObject({ ratio: { median: 3, min: 3, max: 3 }, verdict: "missed" });
  });

  it("are neither met nor missed when a side was not measured", () => {
    expect(verdictOf("fast ingest", at({ ceiling: [100] }))).toMatchObject({
      ratio: undefined,
      verdict: "not measured",
    });
  });

  it("are missed, however even the latency, when the pace was not held", () => {
    const behind = aRound({ messagesPerSecond: 1_000, acknowledgedPerSecond: 400, p50Ms: 200, p99Ms: 210 });
    const outcome = verdictOf("p99 to p50", [aCell("stationkit", [behind])]);
    expect(outcome).toMatchObject({ ratio: { median: Number.POSITIVE_INFINITY }, verdict: "missed" });
  });

  it("do not compare with a peer that did not hold its pace", () => {
    const behind = aRound({ messagesPerSecond: 1_000, acknowledgedPerSecond: 400, p50Ms: 200 });
    const cells = [aCell("stationkit-sync", [aRound()]), aCell("nats.js-sequential", [behind])];
    expect(verdictOf("sync, to sequential", cells).verdict).toBe("not measured");
  });

  it("ask of readers to be ahead of memphis-dev, and not just level", () => {
    const level = at({ "stationkit-callback": [100], "memphis-dev-fetch": [100] });
    expect(verdictOf("callback, to memphis-dev fetch, 1 partition", level)).toMatchObject({
      wanted: "> 1",
      verdict: "missed",
    });
    const ahead = at({ "stationkit-callback": [101], "memphis-dev-fetch": [100] });
    expect(verdictOf("callback, to memphis-dev fetch, 1 partition", ahead).verdict).toBe("met");
    expect(verdictOf("callback, to memphis-dev fetch, 8 partitions", ahead).verdict).toBe("not measured");
  });

  it("look at 128 B and the named number of partitions only", () => {
    const rounds = [aRound({ messagesPerSecond: 100 })];
    const many = aCell("stationkit", [aRound({ messagesPerSecond: 74 })], { partitions: 64 });
    const larger = aCell("stationkit", [aRound({ messagesPerSecond: 1 })], { sizeBytes: 1_024 });
    const outcome = verdictOf("64 partitions", [larger, aCell("stationkit", rounds), many]);
    expect(outcome).toMatchObject({ ratio: { median: 0.74 }, verdict: "missed" });
  });
});
