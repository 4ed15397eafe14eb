import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DurableInfo } from "../durable-config.js";
import type { NatsMessage, StationMessage } from "../station-message.js";
import { type HeldPartition, PartitionHold } from "./partition-hold.js";

/** A partition on which `unanswered` messages of the group are on their way to be answered, here or elsewhere. */
class FakePartition implements HeldPartition {
  readonly ackTimeoutMs = 1_000;
  asked = 0;
  unanswered = 0;
  /** When the server has let go. */
  unpinned: Promise<void> = Promise.resolve();
  readonly log: string[] = [];
  readonly delivered: number[] = [];
  readonly dropped: StationMessage[] = [];
  readonly overdue = new Set<StationMessage>();

  isOverdue(message: StationMessage): boolean {
    return this.overdue.has(message);
  }

  info(): Promise<DurableInfo> {
    return Promise.resolve({ num_ack_pending: this.unanswered } as DurableInfo);
  }

  ask(messages: number): void {
    this.log.push(`ask ${messages}`);
  }

  pull(): void {
    this.log.push("pull");
  }

  keepAlive(): void {
    this.log.push("keep alive");
    hold.requestFields();
  }

  deliver(message: StationMessage): void {
    this.delivered.push(message.sequence);
  }

  drop(message: StationMessage): void {
    this.dropped.push(message);
  }

  giveBack(): void {
    this.log.push("give back");
  }

  unpin(pinId: string): Promise<void> {
    this.log.push(`unpin ${pinId}`);
    return this.unpinned;
  }

  assigned(): void {
    this.log.push("assigned");
  }

  revoked(): void {
    this.log.push("revoked");
  }
}

let partition: FakePartition;
let hold: PartitionHold;

const pinned = (id = "pin-1"): NatsMessage => ({ headers: { get: () => id } }) as unknown as NatsMessage;

/** A message comes; the server counts it as unanswered from then on. */
function arrive(sequence: number, { isRedelivery = false, natsMessage = pinned() } = {}): StationMessage {
  const message = { sequence } as unknown as StationMessage;
  if (!isRedelivery) partition.unanswered++;
  hold.arrive(message, natsMessage);
  return message;
}

/** So much time passes, and everything that was waiting for it is done. */
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  partition = new FakePartition();
  hold = new PartitionHold(partition);
});

afterEach(() => {
  vi.useRealTimers();
});

describe("PartitionHold", () => {
  it("asks for nothing before it is wanted, for one message until it is pinned, and then under the pin", async () => {
    expect(hold.demand).toBe("none");
    hold.want();
    expect(hold.demand).toBe("one");
    expect(hold.requestFields()).toEqual({ group: "member" });
    arrive(7);
    expect(hold.demand).toBe("none");
    await pass(0);
    expect(hold.demand).toBe("window");
    expect(hold.requestFields()).toEqual({ group: "member", id: "pin-1" });
    expect(partition.delivered).toEqual([7]);
    arrive(8);
    expect(partition.delivered).toEqual([7, 8]);
    expect(partition.log).toEqual(["pull", "assigned", "pull"]);
  });

  it("hands out newer messages only after those that the holder before has left, in order", async () => {
    partition.unanswered = 2;
    hold.want();
    arrive(7);
    await pass(0);
    expect(partition.log).toEqual(["pull", "ask 2"]);
    await pass(900);
    expect(partition.delivered).toEqual([]);
    await pass(600);
    // Their time is over: they are asked for again, until they have come.
    expect(partition.log.filter((line) => line === "ask 2").length).toBeGreaterThan(1);
    arrive(6, { isRedelivery: true });
    arrive(5, { isRedelivery: true });
    await pass(200);
    expect(partition.delivered).toEqual([5, 6, 7]);
    expect(partition.log.slice(-2)).toEqual(["assigned", "pull"]);
  });

  it("does not wait for messages that are answered meanwhile, wherever", async () => {
    partition.unanswered = 1;
    hold.want();
    arrive(7);
    await pass(300);
    expect(partition.delivered).toEqual([]);
    partition.unanswered = 1;
    await pass(200);
    expect(partition.delivered).toEqual([7]);
  });

  it("waits for older messages whatever it was left with itself the time before", async () => {
    hold.want();
    const left = arrive(5);
    await pass(0);
    await hold.letGo();
    partition.overdue.add(left);
    // The member after that has answered it, and left another one.
    hold.want();
    arrive(7, { natsMessage: pinned("pin-2") });
    await pass(300);
    expect(partition.delivered).toEqual([5]);
    arrive(6, { isRedelivery: true });
    await pass(200);
    expect(partition.delivered).toEqual([5, 6, 7]);
  });

  it("takes the newest delivery of a message that has come twice, and frees the room of the other", async () => {
    partition.unanswered = 1;
    hold.want();
    const older = arrive(7);
    arrive(7, { isRedelivery: true });
    arrive(6, { isRedelivery: true });
    await pass(200);
    expect(partition.delivered).toEqual([6, 7]);
    expect(partition.dropped).toEqual([older]);
  });

  it("gives back what nobody has in hand when the server gives the partition to another, and stands in line", async () => {
    hold.want();
    arrive(7);
    await pass(0);
    hold.lost();
    expect(partition.log.slice(-3)).toEqual(["revoked", "give back", "pull"]);
    expect(hold.demand).toBe("one");
    expect(hold.requestFields()).toEqual({ group: "member" });
  });

  it("lets go by telling the server first, so that what is given back does not come here again", async () => {
    hold.want();
    arrive(7);
    await pass(0);
    await hold.letGo();
    expect(partition.log.slice(-3)).toEqual(["revoked", "unpin pin-1", "give back"]);
    expect(hold.demand).toBe("none");
    await hold.letGo();
    expect(partition.log.filter((line) => line.startsWith("unpin"))).toHaveLength(1);
  });

  it("says that it has let go when the server has, whoever asked first", async () => {
    hold.want();
    arrive(7);
    await pass(0);
    let answer: () => void = () => undefined;
    partition.unpinned = new Promise((resolve) => (answer = resolve));
    void hold.letGo();
    const again = vi.fn();
    void hold.letGo().then(again);
    await pass(1_000);
    expect(again).not.toHaveBeenCalled();
    answer();
    await pass(0);
    expect(again).toHaveBeenCalledOnce();
    expect(partition.log.slice(-2)).toEqual(["unpin pin-1", "give back"]);
  });

  it("gives nothing back of a partition that it holds anew before the server has answered", async () => {
    hold.want();
    arrive(7);
    await pass(0);
    partition.unpinned = new Promise((resolve) => setTimeout(resolve, 1_000));
    void hold.letGo();
    hold.want();
    arrive(8, { natsMessage: pinned("pin-2") });
    await pass(2_000);
    expect(partition.delivered).toEqual([7, 8]);
    expect(partition.log).not.toContain("give back");
  });

  it("hands back a partition that it gets after it was to be another's", async () => {
    hold.want();
    await hold.letGo();
    arrive(7, { natsMessage: pinned("pin-9") });
    expect(hold.takeKept().map(({ sequence }) => sequence)).toEqual([7]);
    await pass(0);
    expect(partition.log.slice(-2)).toEqual(["unpin pin-9", "give back"]);
    expect(partition.delivered).toEqual([]);
  });

  it("does not go on after catching up when it was lost meanwhile", async () => {
    partition.unanswered = 1;
    hold.want();
    arrive(7);
    await pass(100);
    hold.lost();
    hold.takeKept();
    partition.unanswered = 1;
    await pass(5_000);
    expect(partition.log).not.toContain("assigned");
    expect(partition.delivered).toEqual([]);
  });

  it("catches up again after a reconnect, for messages that were lost on the way", async () => {
    hold.want();
    const first = arrive(7);
    await pass(0);
    hold.answered(first);
    partition.unanswered = 1;
    hold.reconnected();
    expect(hold.demand).toBe("none");
    arrive(9);
    await pass(0);
    expect(partition.delivered).toEqual([7]);
    arrive(8, { isRedelivery: true });
    await pass(200);
    expect(partition.delivered).toEqual([7, 8, 9]);
  });

  it("tells the server that it is there when it has asked for nothing for a while", async () => {
    hold.tick();
    expect(partition.log).toEqual([]);
    hold.want();
    hold.requestFields();
    arrive(7);
    await pass(0);
    hold.tick();
    expect(partition.log).not.toContain("keep alive");
    await pass(2_600);
    hold.tick();
    hold.tick();
    expect(partition.log.filter((line) => line === "keep alive")).toHaveLength(1);
  });
});
