import { describe, expect, it } from "vitest";
import { requireStartPosition, type StartPosition, toWireStart } from "./start-position.js";

describe("requireStartPosition", () => {
  it.each<StartPosition>(["all", "new", { fromSequence: 1 }, { lastMessages: 3 }, { fromTime: new Date(0) }])(
    "takes %o",
    (start) => {
      expect(requireStartPosition(start)).toEqual(start);
    },
  );

  it.each([
    "oldest",
    7,
    null,
    {},
    { fromSequence: 0 },
    { lastMessages: 1.5 },
    { fromTime: "2020-01-01" },
    { fromTime: new Date(Number.NaN) },
    { fromTime: new Date(8.64e15) },
    { fromTime: new Date(-8.64e15) },
    { fromSequence: 1, lastMessages: 1 },
    { from: 1 },
  ])("refuses %o", (start) => {
    expect(() => requireStartPosition(start as StartPosition)).toThrow(expect.objectContaining({ code: "SK_USAGE" }));
  });
});

describe("toWireStart", () => {
  it.each<[StartPosition, number, object]>([
    ["all", 9, { deliver_policy: "all" }],
    ["new", 9, { deliver_policy: "new" }],
    [{ fromSequence: 4 }, 9, { deliver_policy: "by_start_sequence", opt_start_seq: 4 }],
    [{ lastMessages: 3 }, 9, { deliver_policy: "by_start_sequence", opt_start_seq: 7 }],
    [{ lastMessages: 9 }, 9, { deliver_policy: "all" }],
    [{ lastMessages: 30 }, 9, { deliver_policy: "all" }],
    [{ lastMessages: 3 }, 0, { deliver_policy: "all" }],
    [{ fromTime: new Date(5) }, 9, { deliver_policy: "by_start_time", opt_start_time: "1970-01-01T00:00:00.005Z" }],
  ])("writes %o at last sequence %i", (start, lastSequence, wire) => {
    expect(toWireStart(start, lastSequence)).toEqual(wire);
  });
});
