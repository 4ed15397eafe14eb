import { describe, expect, it } from "vitest";
import { concerns, endingWithout, type GroupState, parseGroupState, withMember, withoutMember } from "./group-state.js";

const empty = parseGroupState(undefined, "s1");
const add = (state: GroupState, consumer: string, connectionId: string): GroupState =>
  withMember(state, { consumer, connectionId });

describe("the members of a group", () => {
  it("are told apart by name and connection, and each is there once", () => {
    const state = add(add(add(empty, "c", "1"), "c", "2"), "c", "1");
    expect(state.members).toEqual([
      { consumer: "c", connectionId: "2" },
      { consumer: "c", connectionId: "1" },
    ]);
  });

  it("leave on one connection, or on all", () => {
    const state = add(add(add(empty, "c", "1"), "c", "2"), "d", "1");
    expect(withoutMember(state, { consumer: "c", connectionId: "1" }).members).toHaveLength(2);
    expect(withoutMember(state, { consumer: "c", connectionId: undefined }).members).toEqual([
      { consumer: "d", connectionId: "1" },
    ]);
    expect(withoutMember(state, { consumer: "c", connectionId: "3" })).toBe(state);
  });

  it("are not those of the station that had the name before", () => {
    const kept = JSON.parse(JSON.stringify(add(empty, "c", "1"))) as unknown;
    expect(parseGroupState(kept, "s1").members).toHaveLength(1);
    expect(parseGroupState(kept, "s2").members).toEqual([]);
    expect(parseGroupState("nonsense", "s1").members).toEqual([]);
  });

  it("are at most a thousand, the oldest forgotten", () => {
    let state = empty;
    for (let i = 0; i < 1_001; i++) state = add(state, "c", String(i));
    expect(state.members).toHaveLength(1_000);
    expect(state.members[0]).toEqual({ consumer: "c", connectionId: "1" });
  });
});

describe("a group that ends", () => {
  const one = { consumer: "c", connectionId: "1" };

  it("is one that the last members leave, and they are known until it is over", () => {
    const state = endingWithout(add(add(empty, "c", "1"), "c", "2"), { consumer: "c", connectionId: undefined }, "me");
    expect(state.members).toEqual([]);
    expect(state.ending).toEqual({ by: "me", members: [one, { consumer: "c", connectionId: "2" }] });
    expect(concerns(state, one)).toBe(true);
    expect(concerns(state, { consumer: "d", connectionId: undefined })).toBe(false);
    expect(parseGroupState(JSON.parse(JSON.stringify(state)), "s1")).toEqual(state);
    expect(parseGroupState(JSON.parse(JSON.stringify(state)), "s2")).toEqual({ stationId: "s2", members: [] });
  });

  it("is none that others are in, or that nobody has left", () => {
    const state = add(add(empty, "c", "1"), "c", "2");
    expect(endingWithout(state, one, "me")).toEqual({ ...empty, members: [{ consumer: "c", connectionId: "2" }] });
    expect(endingWithout(state, { consumer: "d", connectionId: undefined }, "me")).toBe(state);
    expect(endingWithout(empty, one, "me")).toBe(empty);
  });

  it("is none of those that were written before there were endings", () => {
    expect(parseGroupState({ stationId: "s1", members: [one] }, "s1")).toEqual({ stationId: "s1", members: [one] });
  });
});
