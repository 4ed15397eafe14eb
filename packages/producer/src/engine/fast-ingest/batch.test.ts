import { describe, expect, it } from "vitest";
import { Batch, type Placement } from "./batch.js";
import { OPERATION } from "./reply-subject.js";

const ack = (sequence: number, interval: number) => ({ type: "ack", sequence, interval }) as const;
const refused = (code: number, errorCode: number) =>
  ({ type: "refused", error: { code, err_code: errorCode } }) as const;
const ended = (count: number) => ({ type: "ended", stream: "s", count }) as const;
const at = (sequence: number) => ({ sequence, isPing: false });

const FULL = refused(503, 10077);
const GONE = refused(400, 10208);

/** An open batch with this many messages, named m1, m2 …; the server speaks at every fifth. */
function openBatch(messages: number): Batch<string> {
  const batch = new Batch<string>({ credit: 1 });
  batch.add("m1", false);
  batch.receive(at(1), ack(0, 5));
  for (let i = 2; i <= messages; i++) batch.add(`m${i}`, false);
  return batch;
}

describe("a batch that is sent", () => {
  it("waits behind its first message for the server's yes, when it is not certain of it", () => {
    const batch = new Batch<string>({ credit: 1 });
    expect(batch.mayAdd).toBe(true);
    expect(batch.add("m1", false)).toEqual({ sequence: 1, operation: OPERATION.start });
    expect(batch.mayAdd).toBe(false);
    // The server's yes is what comes, so that there is no need to end it.
    expect(batch.willBeAnswered()).toBe(true);
    expect(batch.receive(at(1), ack(0, 5))).toEqual({ type: "progress", stored: [] });
    expect(batch.mayAdd).toBe(true);
    expect(batch.willBeAnswered()).toBe(false);
    expect(batch.unacknowledged).toEqual(["m1"]);
  });

  it("goes on without waiting up to its credit, when the server has said yes before", () => {
    const batch = new Batch<string>({ credit: 3 });
    const places: Placement[] = [];
    for (let i = 1; batch.mayAdd; i++) places.push(batch.add(`m${i}`, false));
    expect(places.map(({ operation }) => operation)).toEqual([OPERATION.start, OPERATION.append, OPERATION.append]);
    expect(batch.willBeAnswered()).toBe(true);
  });

  it("knows that nothing comes for its last messages unless it is told to end", () => {
    const batch = new Batch<string>({ credit: 3 });
    batch.add("m1", false);
    expect(batch.willBeAnswered(1)).toBe(false);
    expect(batch.add("m2", true)).toEqual({ sequence: 2, operation: OPERATION.commit });
    expect(batch.phase).toBe("ending");
    expect(batch.mayAdd).toBe(false);
    expect(batch.receive(at(1), ack(0, 3))).toEqual({ type: "progress", stored: [] });
    expect(batch.phase).toBe("ending");
    expect(batch.receive(at(2), ended(2))).toEqual({
      type: "ended",
      stored: ["m1", "m2"],
      unsure: [],
      rest: [],
      refusal: undefined,
    });
    expect(batch.phase).toBe("over");
  });

  it("has at most three acknowledgements outstanding, as far apart as the server wants them", () => {
    const batch = openBatch(1);
    while (batch.mayAdd) batch.add("m", false);
    expect(batch.unacknowledged).toHaveLength(15);
    expect(batch.receive(at(5), ack(5, 2))).toMatchObject({ stored: ["m1", "m", "m", "m", "m"] });
    expect(batch.mayAdd).toBe(false);
    batch.receive(at(7), ack(7, 2));
    batch.receive(at(9), ack(9, 4));
    expect(batch.mayAdd).toBe(true);
  });

  it("ends behind its last message, and pings at it", () => {
    const batch = openBatch(3);
    expect(batch.ping()).toEqual({ sequence: 3, operation: OPERATION.ping });
    expect(batch.end()).toEqual({ sequence: 4, operation: OPERATION.end });
    expect(batch.phase).toBe("ending");
    expect(batch.receive(at(4), ended(3))).toMatchObject({ stored: ["m1", "m2", "m3"], rest: [] });
  });
});

describe("a batch that is answered", () => {
  it("gives each message once, whatever comes late or twice", () => {
    const batch = openBatch(10);
    expect(batch.receive(at(5), ack(5, 5))).toMatchObject({ stored: ["m1", "m2", "m3", "m4", "m5"] });
    expect(batch.receive(at(5), ack(5, 5))).toMatchObject({ stored: [] });
    expect(batch.receive(at(1), ack(0, 5))).toMatchObject({ stored: [] });
    expect(batch.receive(at(10), ack(10, 5))).toMatchObject({ stored: ["m6", "m7", "m8", "m9", "m10"] });
    expect(batch.receive(at(11), ended(10))).toMatchObject({ stored: [], unsure: [], rest: [] });
  });

  it("sends nothing more after a gap, and learns from the end how far it came", () => {
    const batch = openBatch(5);
    expect(batch.receive(at(4), { type: "gap" })).toEqual({ type: "progress", stored: [] });
    expect([batch.phase, batch.mayAdd]).toEqual(["broken", false]);
    expect(batch.receive(at(4), ended(2))).toEqual({
      type: "ended",
      stored: ["m1", "m2"],
      unsure: [],
      rest: ["m3", "m4", "m5"],
      refusal: undefined,
    });
  });

  it("asks how far it came when a message is refused, and says which one and why", () => {
    const batch = openBatch(5);
    expect(batch.receive(at(4), FULL)).toEqual({ type: "broken" });
    // Only once, and the first refusal counts.
    expect(batch.receive(at(5), refused(400, 10054))).toEqual({ type: "progress", stored: [] });
    expect(batch.end()).toEqual({ sequence: 6, operation: OPERATION.end });
    expect(batch.phase).toBe("broken");
    expect(batch.receive(at(5), ended(3))).toEqual({
      type: "ended",
      stored: ["m1", "m2", "m3"],
      unsure: [],
      rest: ["m4", "m5"],
      refusal: FULL.error,
    });
  });

  it("does not blame a message for the refusal of another", () => {
    const batch = openBatch(5);
    batch.receive(at(4), FULL);
    expect(batch.receive(at(5), ended(1))).toMatchObject({ rest: ["m2", "m3", "m4", "m5"], refusal: undefined });
  });

  it("is over at once when its first message is refused: nothing of it is stored", () => {
    const batch = openBatch(3);
    expect(batch.receive(at(1), FULL)).toEqual({
      type: "ended",
      stored: [],
      unsure: [],
      rest: ["m1", "m2", "m3"],
      refusal: FULL.error,
    });
  });

  it.each([
    ["is not known any more", GONE],
    ["is switched off", refused(400, 10205)],
    ["is heard by nobody", refused(503, 0)],
  ])("is in doubt up to the message at which it %s, and not stored from there", (_, refusal) => {
    const batch = openBatch(8);
    batch.receive(at(5), ack(5, 5));
    expect(batch.receive(at(7), refusal)).toEqual({
      type: "ended",
      stored: [],
      unsure: ["m6"],
      rest: ["m7", "m8"],
      refusal: refusal.error,
    });
  });

  it("is in doubt as a whole when a ping is refused, whose place is that of a message", () => {
    const batch = openBatch(3);
    expect(batch.receive({ sequence: 3, isPing: true }, GONE)).toMatchObject({ unsure: ["m1", "m2", "m3"], rest: [] });
  });

  it("is in doubt as a whole when the answer cannot be read", () => {
    const batch = openBatch(2);
    const error = new Error("what?");
    expect(batch.receive(at(2), { type: "unreadable", error } as never)).toMatchObject({ unsure: ["m1", "m2"] });
  });

  it("finds the message that an older server has stored for itself, and sends nothing more", () => {
    const batch = new Batch<string>({ credit: 5 });
    batch.add("m1", false);
    batch.add("m2", false);
    const single = (sequence: number) => ({ type: "single", stream: "s", sequence, duplicate: false }) as const;
    expect(batch.receive(at(1), single(41))).toMatchObject({ item: "m1" });
    expect(batch.receive(at(2), single(42))).toMatchObject({ item: "m2", answer: { sequence: 42 } });
    expect(batch.receive(at(3), single(43))).toMatchObject({ item: undefined });
    expect(batch.mayAdd).toBe(false);
  });
});

describe("a batch that is given up", () => {
  it("is in doubt from its first unacknowledged message on", () => {
    const batch = openBatch(7);
    batch.receive(at(5), ack(5, 5));
    expect(batch.giveUp()).toEqual({
      type: "ended",
      stored: [],
      unsure: ["m6", "m7"],
      rest: [],
      refusal: undefined,
    });
  });

  it("is in doubt only up to a message that was refused", () => {
    const batch = openBatch(3);
    batch.receive(at(2), FULL);
    expect(batch.giveUp()).toMatchObject({ unsure: ["m1"], rest: ["m2", "m3"], refusal: FULL.error });
  });

  it("is not stored at all when it is known never to have been opened", () => {
    const batch = new Batch<string>({ credit: 5 });
    batch.add("m1", false);
    batch.add("m2", false);
    expect(batch.giveUp(false)).toMatchObject({ unsure: [], rest: ["m1", "m2"] });
  });
});
