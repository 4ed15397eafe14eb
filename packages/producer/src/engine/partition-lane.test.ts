import {
  ConnectionClosedError,
  PermissionDeniedError,
  StationNotFoundError,
  UsageError,
} from "@stationkit/core-protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LaneRig, type LaneSettings } from "./lane.fake.js";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const rigWith = (texts: string, settings?: LaneSettings): LaneRig => {
  const rig = new LaneRig(settings);
  rig.add(texts);
  rig.wired.length = 0;
  return rig;
};

/** Lets time pass, with the sweeps that the producer's clock would make. */
async function pass(rig: LaneRig, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    await vi.advanceTimersByTimeAsync(Math.min(100, ms - passed));
    rig.lane.sweep(Date.now());
  }
  await vi.advanceTimersByTimeAsync(0);
}

const fullStation = { error: { code: 503, err_code: 10077, description: "maximum messages exceeded" } };
const tooManyRequests = { error: { code: 429, err_code: 10167, description: "too many requests" } };

describe("a lane that flows", () => {
  it("sends each message as it comes, and settles each with its own acknowledgement", () => {
    const rig = new LaneRig();
    rig.add("a b c");
    expect(rig.takeWired()).toBe("a b c");
    rig.ack("b a c");
    expect(rig.settled).toEqual(["b", "a", "c"]);
    expect(rig.results.get("a")).toEqual({
      station: "orders",
      partition: 1,
      sequence: 2,
      duplicate: false,
      msgId: "id-a",
    });
  });

  it("tells that the broker had the message already", () => {
    const rig = rigWith("a");
    rig.answer("a", { stream: "orders$1", seq: 7, duplicate: true });
    expect(rig.results.get("a")).toMatchObject({ sequence: 7, duplicate: true });
  });

  it("reads an acknowledgement with a domain", () => {
    const rig = rigWith("a");
    rig.answer("a", { stream: "orders$1", domain: "hub", seq: 7 });
    expect(rig.outcome("a")).toBe("stored");
  });

  it("reports an acknowledgement by another stream, and goes on", () => {
    const rig = rigWith("a b", { isStrict: true });
    rig.answer("a", { stream: "copy", seq: 7 });
    expect(rig.outcome("a")).toBe("UnexpectedAckError unknown");
    expect(rig.takeWired()).toBe("b");
  });

  it("reports an answer that it cannot read, and goes on", () => {
    const rig = rigWith("a b", { isStrict: true });
    rig.answer("a", "hello");
    expect(rig.outcome("a")).toBe("UnexpectedError unknown");
    expect(rig.takeWired()).toBe("b");
  });

  it("rejects at once what the broker will never take, and goes on", () => {
    const rig = rigWith("a b c");
    rig.answer("b", fullStation);
    rig.ack("a c");
    expect(rig.outcomes("a b c")).toEqual(["stored", "StationFullError rejected", "stored"]);
  });

  it("ends a message that cannot be published, and sends the others", () => {
    const rig = new LaneRig();
    rig.publishError = (text) => (text === "b" ? new ConnectionClosedError("closed", "not-sent") : undefined);
    rig.add("a b c");
    expect(rig.takeWired()).toBe("a c");
    expect(rig.outcome("b")).toBe("ConnectionClosedError not-sent");
  });
});

describe("a lane whose broker refuses for a moment", () => {
  it("keeps the order when the first is refused with others in flight, which are acknowledged", async () => {
    const rig = rigWith("a b c");
    rig.refuse("a");
    rig.add("d e");
    rig.ack("b c");
    expect(rig.takeWired()).toBe("");
    await pass(rig, 100);
    expect(rig.takeWired()).toBe("a");
    rig.ack("a");
    expect(rig.takeWired()).toBe("d e");
  });

  it("sends all that were refused again, the first alone until it is acknowledged, then the rest in order", async () => {
    const rig = rigWith("a b c d");
    rig.refuse("a b c d");
    expect(rig.takeWired()).toBe("");
    await pass(rig, 100);
    expect(rig.takeWired()).toBe("a");
    rig.ack("a");
    expect(rig.takeWired()).toBe("b c d");
  });

  it("keeps the order when they are refused in another order", async () => {
    const rig = rigWith("a b c");
    rig.refuse("c a b");
    await pass(rig, 100);
    rig.ack("a");
    expect(rig.takeWired()).toBe("a b c");
  });

  it("waits longer after every failure in a row, and short again after a success", async () => {
    const rig = rigWith("a");
    const delays: number[] = [];
    for (let i = 0; i < 6; i++) {
      rig.refuse("a");
      const refusedAt = Date.now();
      while (rig.wired.length === 0) await vi.advanceTimersByTimeAsync(1);
      rig.wired.length = 0;
      delays.push(Date.now() - refusedAt);
    }
    for (const [i, delay] of delays.entries()) {
      expect(delay).toBeGreaterThanOrEqual(25 * 2 ** i);
      expect(delay).toBeLessThanOrEqual(50 * 2 ** i);
    }
    rig.ack("a");
    rig.add("b");
    rig.refuse("b");
    rig.wired.length = 0;
    await vi.advanceTimersByTimeAsync(50);
    expect(rig.takeWired()).toBe("b");
  });

  it("asks for less, once for a whole window that is refused with 429", () => {
    const rig = rigWith("a b c");
    for (const text of ["a", "b", "c"]) rig.answer(text, tooManyRequests, 429);
    expect(rig.throttled).toBe(1);
  });

  it("asks for less again when the retry is refused with 429 too", async () => {
    const rig = rigWith("a");
    rig.answer("a", tooManyRequests, 429);
    await pass(rig, 100);
    rig.answer("a", tooManyRequests, 429);
    expect(rig.throttled).toBe(2);
  });

  it("tells the last refusal when the deadline passes, since nothing is stored", async () => {
    const rig = rigWith("a", { deliveryTimeoutMs: 3_000 });
    while (rig.outcome("a") === "pending") {
      if (rig.takeWired() === "a") rig.refuse("a");
      rig.wired.length = 0;
      if (rig.messages.get("a")?.state === "sent") rig.refuse("a");
      await pass(rig, 10);
    }
    expect(rig.outcome("a")).toBe("StationUnavailableError rejected");
  });

  it("takes a late refusal of an earlier try for no refusal of what it waits for", async () => {
    const rig = rigWith("a", { ackTimeoutMs: 1_000 });
    await pass(rig, 1_000);
    expect(rig.takeWired()).toBe("a");
    rig.answer("a", fullStation);
    // Of two tries one is refused: the other may be stored.
    expect(rig.outcome("a")).toBe("AckTimeoutError unknown");
    expect(rig.results.get("a")).toMatchObject({ cause: { code: "SK_STATION_FULL" } });
  });

  it("believes a late refusal of the only try", async () => {
    const rig = rigWith("a", { ackTimeoutMs: 1_000, idempotent: false });
    await pass(rig, 2_000);
    expect(rig.messages.get("a")?.state).toBe("overdue");
    rig.answer("a", fullStation);
    expect(rig.outcome("a")).toBe("StationFullError rejected");
  });

  it("tells a late passing refusal of the only try at its deadline", async () => {
    const rig = rigWith("a", { ackTimeoutMs: 1_000, deliveryTimeoutMs: 3_000, idempotent: false });
    await pass(rig, 2_000);
    rig.refuse("a");
    await pass(rig, 1_000);
    expect(rig.outcome("a")).toBe("StationUnavailableError rejected");
  });
});

describe("a lane whose broker is just storing a message of the same id", () => {
  const inProcess = { error: { code: 409, err_code: 10158, description: "duplicate message id is in process" } };

  it("sends again a moment later, until it is acknowledged, and does not ask for the stream", async () => {
    const rig = rigWith("a");
    rig.answer("a", inProcess);
    await pass(rig, 100);
    expect(rig.takeWired()).toBe("a");
    rig.answer("a", { stream: "orders$1", seq: 3, duplicate: true });
    expect(rig.results.get("a")).toMatchObject({ sequence: 3, duplicate: true });
    expect(rig.questions).toBe(0);
  });

  it("tells unknown at the deadline, or when a later try is refused", async () => {
    const rig = rigWith("a", { deliveryTimeoutMs: 1_000 });
    rig.answer("a", inProcess);
    rig.lane.suspend();
    await pass(rig, 1_000);
    expect(rig.outcome("a")).toBe("AckTimeoutError unknown");

    const refused = rigWith("a");
    refused.answer("a", inProcess);
    await pass(refused, 100);
    refused.answer("a", fullStation);
    expect(refused.outcome("a")).toBe("AckTimeoutError unknown");
  });
});

describe("a lane whose broker does not answer", () => {
  it("sends again under the same id, the first alone, and settles on a late answer to the first try", async () => {
    const rig = rigWith("a b c", { ackTimeoutMs: 1_000 });
    await pass(rig, 1_000);
    expect(rig.takeWired()).toBe("a");
    expect(rig.messages.get("a")).toMatchObject({ attempts: 2, msgId: "id-a" });
    rig.ack("a");
    expect(rig.takeWired()).toBe("b c");
    rig.ack("b c");
    expect(rig.outcomes("a b c")).toEqual(["stored", "stored", "stored"]);
  });

  it("sends nothing admitted in the place of an expired message before one that has to be sent again", async () => {
    const rig = new LaneRig({
      ackTimeoutMs: 1_000,
      deliveryTimeoutMs: 1_500,
      onSettled: (text) => {
        if (text === "a") rig.add("new");
      },
    });
    rig.add("a");
    await pass(rig, 500);
    rig.add("b");
    rig.wired.length = 0;
    rig.lane.sweep(Date.now());
    vi.setSystemTime(Date.now() + 1_000);
    rig.lane.sweep(Date.now());
    expect(rig.outcome("a")).toBe("AckTimeoutError unknown");
    expect(rig.takeWired()).toBe("b");
    rig.ack("b");
    expect(rig.takeWired()).toBe("new");
  });

  it("never sends again without an id: its deadline tells that the outcome is unknown", async () => {
    const rig = rigWith("a b", { idempotent: false, ackTimeoutMs: 1_000, deliveryTimeoutMs: 5_000 });
    await pass(rig, 4_900);
    expect(rig.takeWired()).toBe("");
    expect(rig.outcome("a")).toBe("pending");
    await pass(rig, 100);
    expect(rig.outcomes("a b")).toEqual(["AckTimeoutError unknown", "AckTimeoutError unknown"]);
  });

  it("settles an overdue message when its answer comes after all", async () => {
    const rig = rigWith("a", { idempotent: false, ackTimeoutMs: 1_000 });
    await pass(rig, 4_000);
    rig.ack("a");
    expect(rig.outcome("a")).toBe("stored");
  });

  it("does not send again once the duplicate window has passed", async () => {
    const rig = rigWith("a", { ackTimeoutMs: 2_000, duplicateWindowMs: 1_000, deliveryTimeoutMs: 6_000 });
    await pass(rig, 5_900);
    expect(rig.takeWired()).toBe("");
    await pass(rig, 100);
    expect(rig.outcome("a")).toBe("AckTimeoutError unknown");
  });

  it("does not send again when the duplicate window passes during the delay", async () => {
    const rig = rigWith("a", { ackTimeoutMs: 500, duplicateWindowMs: 1_200 });
    await pass(rig, 500);
    expect(rig.takeWired()).toBe("a");
    rig.refuse("a");
    await pass(rig, 100);
    for (let i = 0; i < 5; i++) {
      if (rig.messages.get("a")?.state === "sent") rig.refuse("a");
      await pass(rig, 1_000);
    }
    rig.wired.length = 0;
    await pass(rig, 10_000);
    expect(rig.takeWired()).toBe("");
    expect(rig.messages.get("a")?.state).toBe("overdue");
  });

  it("lets the next one go when one can only be waited for", async () => {
    const rig = rigWith("a b", { isStrict: true, idempotent: false, ackTimeoutMs: 1_000 });
    await pass(rig, 1_000);
    expect(rig.takeWired()).toBe("b");
  });
});

describe("a lane at the deadline", () => {
  it("tells not-sent of what never left", async () => {
    const rig = new LaneRig({ deliveryTimeoutMs: 1_000 });
    rig.isLive = false;
    rig.add("a");
    await pass(rig, 1_000);
    expect(rig.outcome("a")).toBe("DeliveryExpiredError not-sent");
  });

  it("tells unknown of what is on the wire", async () => {
    const rig = rigWith("a", { deliveryTimeoutMs: 1_000 });
    await pass(rig, 1_000);
    expect(rig.outcome("a")).toBe("AckTimeoutError unknown");
    expect(rig.results.get("a")).toMatchObject({
      attempts: 1,
      deliveryTimeoutMs: 1_000,
      station: "orders",
      partition: 1,
    });
  });

  it("tells unknown of what was lost once and refused later", async () => {
    const rig = rigWith("a", { ackTimeoutMs: 500, deliveryTimeoutMs: 1_000 });
    await pass(rig, 500);
    rig.refuse("a");
    rig.isLive = false;
    await pass(rig, 500);
    expect(rig.outcome("a")).toBe("AckTimeoutError unknown");
    expect(rig.results.get("a")).toMatchObject({ cause: { code: "SK_STATION_UNAVAILABLE" } });
  });
});

describe("a lane without a connection", () => {
  it("sends what was unanswered again, in order, the first alone until it is acknowledged", () => {
    const rig = rigWith("a b c");
    rig.lane.suspend();
    rig.add("d");
    expect(rig.takeWired()).toBe("");
    rig.lane.resume();
    rig.add("e");
    expect(rig.takeWired()).toBe("a");
    rig.ack("a");
    expect(rig.takeWired()).toBe("b c d e");
  });

  it("notices a dead socket before it is told, and sends nothing into it", () => {
    const rig = rigWith("a");
    rig.isLive = false;
    rig.add("b");
    expect(rig.takeWired()).toBe("");
    rig.isLive = true;
    rig.lane.suspend();
    rig.lane.resume();
    rig.ack("a");
    expect(rig.takeWired()).toBe("a b");
  });

  it("tells unknown of what was unanswered and has no id, and sends what was never sent", () => {
    const rig = rigWith("a", { idempotent: false });
    rig.lane.suspend();
    rig.add("b");
    expect(rig.outcome("a")).toBe("ConnectionLostError unknown");
    rig.lane.resume();
    expect(rig.takeWired()).toBe("b");
  });

  it("tells unknown of what the server forgets during the outage, and does not send it again", async () => {
    const rig = rigWith("a", { duplicateWindowMs: 10_000 });
    rig.lane.suspend();
    rig.add("b");
    await pass(rig, 20_000);
    expect(rig.outcome("a")).toBe("pending");
    rig.lane.resume();
    expect(rig.outcome("a")).toBe("ConnectionLostError unknown");
    expect(rig.takeWired()).toBe("b");
  });

  it("sends what was refused before the outage again, with or without an id", async () => {
    const rig = rigWith("a", { idempotent: false });
    rig.refuse("a");
    rig.lane.suspend();
    await pass(rig, 5_000);
    rig.lane.resume();
    expect(rig.takeWired()).toBe("a");
  });

  it("flows again after an outage in which nothing was pending", () => {
    const rig = new LaneRig();
    rig.lane.suspend();
    rig.lane.resume();
    rig.add("a b");
    expect(rig.takeWired()).toBe("a b");
  });

  it("suspends and resumes any number of times without losing or reordering anything", () => {
    const rig = rigWith("a b c");
    for (let i = 0; i < 5; i++) {
      rig.lane.suspend();
      rig.lane.suspend();
      rig.lane.resume();
      rig.lane.resume();
    }
    expect(rig.takeWired()).toBe("a a a a a");
    rig.ack("a b c");
    expect(rig.settled).toEqual(["a", "b", "c"]);
  });
});

describe("a strict lane", () => {
  it("sends one at a time", () => {
    const rig = new LaneRig({ isStrict: true });
    rig.add("a b c");
    expect(rig.takeWired()).toBe("a");
    rig.ack("a");
    expect(rig.takeWired()).toBe("b");
    rig.answer("b", fullStation);
    expect(rig.takeWired()).toBe("c");
  });

  it("lets nothing overtake a message that is refused, or unanswered, or lost with the connection", async () => {
    const rig = new LaneRig({ isStrict: true, ackTimeoutMs: 1_000 });
    rig.add("a b");
    rig.refuse("a");
    await pass(rig, 100);
    await pass(rig, 1_000);
    rig.lane.suspend();
    rig.lane.resume();
    expect(rig.takeWired()).toBe("a a a a");
    rig.ack("a");
    expect(rig.takeWired()).toBe("b");
  });
});

describe("a lane that is denied", () => {
  const denied = new PermissionDeniedError("publish", "orders$1.final");

  async function deny(rig: LaneRig, times: number): Promise<void> {
    for (let i = 0; i < times; i++) void rig.lane.deny(denied);
    rig.endRoundTrips();
    await vi.advanceTimersByTimeAsync(0);
  }

  it("rejects the last of what was sent, as many as were denied, and waits for the others", async () => {
    const rig = rigWith("a b c d");
    await deny(rig, 2);
    expect(rig.outcomes("a b c d")).toEqual([
      "pending",
      "pending",
      "PermissionDeniedError rejected",
      "PermissionDeniedError rejected",
    ]);
    rig.ack("a b");
    expect(rig.settled).toEqual(["c", "d", "a", "b"]);
  });

  it("rejects the last even when earlier ones are acknowledged while it asks", async () => {
    const rig = rigWith("a b c");
    void rig.lane.deny(denied);
    rig.ack("a b");
    await deny(rig, 0);
    expect(rig.outcomes("a b c")).toEqual(["stored", "stored", "PermissionDeniedError rejected"]);
  });

  it("sends nothing while it asks, and goes on afterwards", async () => {
    const rig = rigWith("a");
    void rig.lane.deny(denied);
    rig.add("b");
    expect(rig.takeWired()).toBe("");
    await deny(rig, 0);
    expect(rig.takeWired()).toBe("b");
    await deny(rig, 1);
    expect(rig.outcome("b")).toBe("PermissionDeniedError rejected");
  });

  it("tells unknown of a message that an earlier try may have stored", async () => {
    const rig = rigWith("a", { ackTimeoutMs: 1_000 });
    await pass(rig, 1_000);
    await deny(rig, 1);
    expect(rig.outcome("a")).toBe("AckTimeoutError unknown");
    expect(rig.results.get("a")).toMatchObject({ cause: denied });
  });

  it("hears a denial after one that came when the socket was gone already", async () => {
    const rig = rigWith("a");
    rig.lane.suspend();
    await deny(rig, 1);
    rig.lane.resume();
    await deny(rig, 1);
    expect(rig.outcome("a")).toBe("AckTimeoutError unknown");
    expect(rig.results.get("a")).toMatchObject({ cause: denied });
  });

  it("forgets a denial that was not yet counted when the connection went away", async () => {
    const rig = rigWith("a b");
    void rig.lane.deny(denied);
    rig.lane.suspend();
    rig.lane.resume();
    await deny(rig, 0);
    expect(rig.outcomes("a b")).toEqual(["pending", "pending"]);
    rig.ack("a b");
    expect(rig.outcomes("a b")).toEqual(["stored", "stored"]);
  });
});

describe("a lane whose station is gone", () => {
  it("rejects everything at once that is not on the wire, and tells unknown of what may be stored", async () => {
    const rig = rigWith("a b", { ackTimeoutMs: 1_000 });
    await pass(rig, 1_000);
    rig.add("c");
    rig.absence = new StationNotFoundError("orders", { serverCode: 404 });
    rig.refuse("a");
    await vi.advanceTimersByTimeAsync(0);
    expect(rig.outcomes("a b c")).toEqual([
      "AckTimeoutError unknown",
      "AckTimeoutError unknown",
      "StationNotFoundError rejected",
    ]);
    expect(rig.results.get("b")).toMatchObject({ cause: { code: "SK_STATION_NOT_FOUND" } });
  });

  it("asks one question at a time, and again after the next refusal", async () => {
    const rig = rigWith("a b c");
    rig.refuse("a b c");
    expect(rig.questions).toBe(1);
    await pass(rig, 100);
    rig.refuse("a");
    expect(rig.questions).toBe(2);
  });

  it("asks about what is unanswered, too, and keeps everything when the station is there", async () => {
    const rig = rigWith("a", { ackTimeoutMs: 1_000 });
    await pass(rig, 1_000);
    expect(rig.questions).toBe(1);
    expect(rig.outcome("a")).toBe("pending");
  });

  it("does not ask because of a 429", () => {
    const rig = rigWith("a b");
    rig.answer("a", tooManyRequests, 429);
    rig.answer("b", tooManyRequests, 429);
    expect(rig.questions).toBe(0);
  });
});

describe("a message that is given up", () => {
  const gone = new UsageError("given up");

  it("leaves a lane that waits, which then sends the next", async () => {
    const rig = rigWith("a b", { isStrict: true });
    rig.lane.abandon(rig.messages.get("a")!, gone);
    expect(rig.takeWired()).toBe("b");
    rig.refuse("b");
    rig.add("c");
    rig.lane.abandon(rig.messages.get("b")!, gone);
    await pass(rig, 100);
    expect(rig.takeWired()).toBe("c");
  });

  it.each([
    ["waiting", 0],
    ["overdue", 2_000],
  ])("leaves nothing behind when it is %s", async (state, ms) => {
    const rig = rigWith("x a", { isStrict: true, idempotent: false, ackTimeoutMs: 1_000 });
    if (ms > 0) rig.ack("x");
    await pass(rig, ms);
    expect(rig.messages.get("a")?.state).toBe(state);
    rig.lane.abandon(rig.messages.get("a")!, gone);
    rig.lane.abandon(rig.messages.get("a")!, gone);
    if (ms === 0) rig.ack("x");
    rig.wired.length = 0;
    rig.add("y z");
    expect(rig.takeWired()).toBe("y");
    rig.ack("y");
    expect(rig.takeWired()).toBe("z");
  });

  it("is not sent in the moment in which others of its signal make room", () => {
    const controller = new AbortController();
    const rig = new LaneRig({ isStrict: true });
    rig.add("a b c", { signal: controller.signal });
    rig.add("d");
    controller.abort();
    for (const text of ["a", "b", "c"]) rig.lane.abandon(rig.messages.get(text)!, gone);
    expect(rig.takeWired()).toBe("a d");
  });
});

describe("a lane that is closed", () => {
  it("ends what never left as not sent, and what may be stored as unknown", async () => {
    const rig = rigWith("a b", { isStrict: true, ackTimeoutMs: 1_000 });
    rig.lane.close();
    expect(rig.outcomes("a b")).toEqual(["ConnectionClosedError unknown", "ConnectionClosedError not-sent"]);

    const lost = rigWith("a", { ackTimeoutMs: 1_000 });
    lost.lane.suspend();
    lost.lane.close();
    expect(lost.outcome("a")).toBe("ConnectionClosedError unknown");

    const overdue = rigWith("a", { idempotent: false, ackTimeoutMs: 1_000 });
    await pass(overdue, 1_000);
    overdue.lane.close();
    expect(overdue.outcome("a")).toBe("ConnectionClosedError unknown");
  });

  it("leaves no timer", () => {
    const rig = rigWith("a");
    rig.refuse("a");
    expect(vi.getTimerCount()).toBe(1);
    rig.lane.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a lane whose caller adds messages while one is settled", () => {
  it("keeps the order when an acknowledgement lets new ones in", () => {
    const rig = new LaneRig({
      onSettled: (text) => {
        if (text.length < 3) rig.add(`${text}0 ${text}1`);
      },
    });
    rig.add("a b");
    rig.ack("a b");
    expect(rig.takeWired()).toBe("a b a0 a1 b0 b1");
  });

  it.each(["a", "b", "c", "d"])("keeps the order when publishing %s throws amid others", (broken) => {
    const rig = new LaneRig({
      onSettled: (text) => {
        if (text === broken) rig.add("new");
      },
    });
    rig.lane.suspend();
    rig.add("x a b c d");
    rig.lane.resume();
    rig.publishError = (text) => (text === broken ? new UsageError("too large") : undefined);
    rig.ack("x");
    expect(rig.takeWired()).toBe(["x", "a", "b", "c", "d", "new"].filter((text) => text !== broken).join(" "));
    rig.ack(["a", "b", "c", "d", "new"].filter((text) => text !== broken).join(" "));
    rig.add("last");
    expect(rig.takeWired()).toBe("last");
  });

  it("does not send what the caller gives up because another could not be published", () => {
    const rig: LaneRig = new LaneRig({
      onSettled: (text) => {
        if (text === "a") rig.lane.abandon(rig.messages.get("b")!, new UsageError("given up"));
      },
    });
    rig.lane.suspend();
    rig.add("x a b c");
    // Stays, so that the lane has something to look for after all this.
    rig.add("aborted", { signal: AbortSignal.abort() });
    rig.lane.resume();
    rig.publishError = (text) => (text === "a" ? new UsageError("too large") : undefined);
    rig.ack("x");
    expect(rig.takeWired()).toBe("x c");
    rig.ack("c");
    expect(rig.settled).toEqual(["x", "a", "b", "c"]);
  });

  it("keeps the order when the deadline of one lets another in", async () => {
    const rig = new LaneRig({
      deliveryTimeoutMs: 1_000,
      isStrict: true,
      onSettled: (text) => {
        if (text === "a") rig.add("c");
      },
    });
    rig.add("a");
    await pass(rig, 500);
    rig.add("b");
    await pass(rig, 500);
    expect(rig.takeWired()).toBe("a b");
    rig.ack("b");
    expect(rig.takeWired()).toBe("c");
  });
});
