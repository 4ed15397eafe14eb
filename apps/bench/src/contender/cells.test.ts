import { describe, expect, it } from "vitest";
import { CONTENDER_NAMES } from "./catalog.js";
import { cellId, selectCells } from "./cells.js";

const all = { task: "produce", cluster: false, names: CONTENDER_NAMES.produce, sizeBytes: undefined } as const;

describe("the cells of a run", () => {
  it("are all contenders at 128 B, and no cell twice", () => {
    const ids = selectCells(all).map(cellId);
    expect(ids).toEqual(expect.arrayContaining(CONTENDER_NAMES.produce.map((name) => `${name} 128 B 1p`)));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("have the default settings at 1, 4 and 64 partitions and at all three sizes", () => {
    expect(selectCells({ ...all, names: ["stationkit"] }).map(cellId)).toEqual([
      "stationkit 128 B 1p",
      "stationkit 128 B 4p",
      "stationkit 128 B 64p",
      "stationkit 1024 B 1p",
      "stationkit 65536 B 1p",
    ]);
  });

  it("of readers are all of them over 1 and over 8 partitions", () => {
    const names = CONTENDER_NAMES.consume;
    const cells = selectCells({ ...all, task: "consume", names, sizeBytes: 64 }).map(cellId);
    expect(cells).toEqual([1, 8].flatMap((partitions) => names.map((name) => `${name} 64 B ${partitions}p`)));
  });

  it("are of one size when one is given", () => {
    expect(new Set(selectCells({ ...all, sizeBytes: 500 }).map(({ sizeBytes }) => sizeBytes))).toEqual(new Set([500]));
  });

  it("are those of whom a choice depends on a cluster, there", () => {
    const names = selectCells({ ...all, cluster: true }).map(({ contender }) => contender);
    expect(names).toEqual(
      expect.arrayContaining(["stationkit", "stationkit-fast-ingest", "stationkit-atomic", "nats.js"]),
    );
    expect(names).not.toContain("memphis-dev");
  });
});
