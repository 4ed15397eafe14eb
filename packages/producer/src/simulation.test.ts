import type { StationkitError } from "@stationkit/core-protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeBroker, fakeStation, openProducer, type Published } from "./broker.fake.js";
import type { FastIngestPubAck } from "./delivery.js";
import { FastBatches, type Refusal } from "./fast-batches.fake.js";
import type { ProducerOptions } from "./producer-options.js";
import type { StationProducer } from "./station-producer.js";

const STEPS = 1_500;
const PARTITIONS = 2;

/** mulberry32: the same seed gives the same run. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** What may go wrong at the model server, each in so many of 100 cases. */
interface Faults {
  readonly refuse?: number;
  readonly throttle?: number;
  readonly reject?: number;
  /** The message vanishes inside the server. */
  readonly swallow?: number;
  readonly dropAck?: number;
  readonly disconnect?: number;
  /** A lost connection was that of a server which has been started again, and knows no batches any more. */
  readonly restart?: number;
  /** So many batches may be open on a stream. */
  readonly maxOpenBatches?: number;
  readonly giveUp?: number;
  /** The message has a deadline of its own, sooner or later than the producer's. */
  readonly ownDeadline?: number;
  readonly duplicateWindowMs?: number;
  /** The longest single step of time. */
  readonly maxStepMs?: number;
}

interface Outcome {
  readonly result: FastIngestPubAck | StationkitError;
  readonly count: number;
}

/** A server with one log per partition, which remembers ids, in front of a real producer without a socket. */
class Model {
  readonly logs = Array.from({ length: PARTITIONS + 1 }, (): string[] => []);
  /** Messages of which at least one try was refused, or vanished. */
  readonly troubled = new Set<string>();
  readonly outcomes = new Map<string, Outcome>();
  readonly admitted = new Map<string, number>();
  attempted = 0;
  readonly #ids = new Map<string, { at: number; sequence: number }>();
  readonly #answers: { reply: string; body: string; status: number; due: number }[] = [];
  readonly #controllers: AbortController[] = [];
  readonly #batches = this.logs.map((_, partition) => new FastBatches(`orders$${partition}`));

  readonly broker: FakeBroker;
  readonly producer: StationProducer<unknown>;
  readonly faults: Faults;
  readonly below: (limit: number) => number;

  constructor(
    broker: FakeBroker,
    producer: StationProducer<unknown>,
    faults: Faults,
    below: (limit: number) => number,
  ) {
    this.broker = broker;
    this.producer = producer;
    this.faults = faults;
    this.below = below;
    for (const batches of this.#batches) batches.maxOpen = faults.maxOpenBatches ?? 1_000;
  }

  get openBatches(): number {
    return this.#batches.reduce((sum, batches) => sum + batches.open, 0);
  }

  chance(percent = 0): boolean {
    return this.below(100) < percent;
  }

  produce(): void {
    const text = `m${this.attempted++}`;
    const partitionNumber = 1 + this.below(PARTITIONS);
    const controller = new AbortController();
    this.#controllers.push(controller);
    this.admitted.set(text, partitionNumber);
    const { ownDeadline } = this.faults;
    const deliveryTimeoutMs =
      ownDeadline !== undefined && this.chance(ownDeadline) ? 1 + this.below(30_000) : undefined;
    const settle = (result: FastIngestPubAck | StationkitError): void => {
      this.outcomes.set(text, { result, count: (this.outcomes.get(text)?.count ?? 0) + 1 });
    };
    this.producer
      .produce({
        ...{ message: text, partitionNumber, deliveryTimeoutMs },
        signal: controller.signal,
        asyncProduce: false,
      })
      .then(settle, settle);
  }

  giveUp(): void {
    this.#controllers.splice(this.below(this.#controllers.length || 1), 1)[0]?.abort();
  }

  /** Takes some of what is on its way, in order. */
  serve(count = this.broker.published.length): void {
    for (const message of this.broker.published.splice(0, count)) this.#take(message);
  }

  /** Delivers answers whose time has come: in any order, as several servers may. */
  deliver(): void {
    for (let i = this.#answers.length - 1; i >= 0; i--) {
      const answer = this.#answers[i]!;
      if (answer.due > Date.now()) continue;
      this.#answers.splice(i, 1);
      this.broker.answer(answer.reply, answer.body, answer.status);
    }
  }

  /** The server reads a part of what is on its way; the rest, and all answers, are lost. */
  disconnect(): void {
    this.broker.state = "reconnecting";
    this.serve(this.below(this.broker.published.length + 1));
    this.broker.published.length = 0;
    this.#answers.length = 0;
    if (this.chance(this.faults.restart)) for (const batches of this.#batches) batches.forget();
    this.broker.disconnect();
  }

  #take(message: Published): void {
    const { text, partition, reply } = message;
    const { faults } = this;
    if (this.chance(faults.swallow)) {
      this.troubled.add(text);
      return;
    }
    if (this.chance(faults.refuse)) {
      this.troubled.add(text);
      this.#answer(reply, "", 503);
    } else if (this.chance(faults.throttle)) {
      this.troubled.add(text);
      this.#answer(reply, '{"error":{"code":429,"err_code":10167}}', 429);
    } else if (reply.endsWith("$FI")) {
      for (const body of this.#batches[partition]!.take(reply, () => this.#batched(message))) {
        if (!this.chance(faults.dropAck)) this.#answer(reply, body, 0);
      }
    } else {
      const error = this.#reject(text);
      if (error === undefined) this.#store(message);
      else this.#answer(reply, JSON.stringify({ error }), 0);
    }
  }

  /** As a clustered server does, before it looks at the id. When this answer is lost, a later try may be taken. */
  #reject(text: string): Refusal | undefined {
    if (!this.chance(this.faults.reject)) return undefined;
    this.troubled.add(text);
    return { code: 503, err_code: 10_077, description: "maximum messages exceeded" };
  }

  #batched(message: Published): Refusal | undefined {
    const error = this.#reject(message.text);
    if (error === undefined) this.#remember(message);
    return error;
  }

  #store(message: Published): void {
    const { sequence, duplicate } = this.#remember(message);
    if (this.chance(this.faults.dropAck)) return;
    const { partition, reply } = message;
    this.#answer(
      reply,
      `{"stream":"orders$${partition}", "seq":${sequence}${duplicate ? ',"duplicate": true' : ""}}`,
      0,
    );
  }

  #remember({ text, partition, msgId }: Published): { readonly sequence: number; readonly duplicate: boolean } {
    const log = this.logs[partition]!;
    const known = msgId === undefined ? undefined : this.#ids.get(msgId);
    const window = this.faults.duplicateWindowMs ?? 120_000;
    if (known !== undefined && Date.now() - known.at < window) return { sequence: known.sequence, duplicate: true };
    log.push(text);
    if (msgId !== undefined) this.#ids.set(msgId, { at: Date.now(), sequence: log.length });
    return { sequence: log.length, duplicate: false };
  }

  #answer(reply: string, body: string, status: number): void {
    if (this.broker.state !== "connected") return;
    const delay = this.chance(5) ? this.below(8_000) : this.below(50);
    this.#answers.push({ reply, body, status, due: Date.now() + delay });
  }
}

async function simulate(seed: number, faults: Faults, options: Partial<ProducerOptions>): Promise<Model> {
  const below = createRandom(seed);
  const broker = new FakeBroker();
  const station = fakeStation("orders", PARTITIONS, { idempotencyWindowMs: faults.duplicateWindowMs ?? 120_000 });
  const producer = await openProducer(
    broker,
    { maxInFlightMessages: 20, ackTimeoutMs: 2_000, deliveryTimeoutMs: 15_000, ...options },
    station,
  );
  const model = new Model(broker, producer, faults, below);
  for (let step = 0; step < STEPS; step++) {
    for (let i = below(4); i > 0; i--) model.produce();
    if (model.chance(faults.giveUp)) model.giveUp();
    if (broker.state === "connected" && model.chance(faults.disconnect)) model.disconnect();
    else if (broker.state !== "connected" && model.chance(30)) broker.reconnect();
    // With a short memory of ids, nothing may lie about on its way for as long as that.
    model.serve(faults.duplicateWindowMs === undefined ? below(broker.published.length + 1) : undefined);
    model.deliver();
    await vi.advanceTimersByTimeAsync(below(faults.maxStepMs ?? 60));
  }
  if (broker.state !== "connected") broker.reconnect();
  const closing = { isOver: false };
  void producer
    .close()
    .catch(() => undefined)
    .then(() => (closing.isOver = true));
  // Longer than any deadline: what is not settled then never will be.
  const end = Date.now() + 1_000_000;
  while (!closing.isOver && Date.now() < end) {
    model.serve();
    model.deliver();
    await vi.advanceTimersByTimeAsync(100);
  }
  // To the end of the turn in which it closed: what is sent together is sent then.
  await vi.advanceTimersByTimeAsync(1);
  return model;
}

/** What must hold after any run. */
function judge(model: Model): void {
  const stored = new Map<string, number>();
  for (const log of model.logs) for (const text of log) stored.set(text, (stored.get(text) ?? 0) + 1);
  const lost: string[] = [];
  const wronglyDenied: string[] = [];
  const unsettled: string[] = [];
  for (const text of model.admitted.keys()) {
    const outcome = model.outcomes.get(text);
    if (outcome?.count !== 1) unsettled.push(text);
    else if (!(outcome.result instanceof Error)) {
      if (!stored.has(text)) lost.push(text);
    } else if (outcome.result.outcome !== "unknown" && stored.has(text)) {
      wronglyDenied.push(`${text}: ${outcome.result.name}`);
    }
  }
  const storedTwice = [...stored].filter(([, count]) => count > 1).map(([text]) => text);
  expect({ lost, wronglyDenied, unsettled, storedTwice }).toEqual({
    lost: [],
    wronglyDenied: [],
    unsettled: [],
    storedTwice: [],
  });
  expect(model.producer.pending).toEqual({ messages: 0, bytes: 0, waiting: 0 });
  expect(model.broker).toMatchObject({ listeners: 0, subscriptions: 0 });
}

const numberOf = (text: string): number => Number(text.slice(1));

/** Messages that were stored after a later one of their partition. */
function overtaken(model: Model): string[] {
  return model.logs.flatMap((log) => {
    let newest = -1;
    return log.filter((text) => {
      const isLate = numberOf(text) < newest;
      newest = Math.max(newest, numberOf(text));
      return isLate;
    });
  });
}

const everything: Faults = { refuse: 3, throttle: 2, reject: 2, swallow: 2, dropAck: 4, disconnect: 2, giveUp: 5 };

const count = (model: Model, outcome: string): number =>
  [...model.outcomes.values()].filter(({ result }) => (result instanceof Error ? result.outcome : "stored") === outcome)
    .length;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe("a producer in front of a server that does everything wrong", { timeout: 60_000 }, () => {
  it.each([1, 2, 3, 4, 5, 6])("keeps its promises, pipelined (seed %i)", async (seed) => {
    const model = await simulate(seed, everything, {});
    judge(model);
    for (const text of overtaken(model)) expect(model.troubled).toContain(text);
    // The run is worth something only when there was something of everything.
    for (const outcome of ["stored", "rejected", "unknown", "not-sent"]) {
      expect([outcome, count(model, outcome)]).toEqual([outcome, expect.toSatisfy((n: number) => n > 0)]);
    }
  });

  it.each([7, 8, 9])("keeps its promises to messages with deadlines of their own (seed %i)", async (seed) => {
    const model = await simulate(seed, { ...everything, ownDeadline: 50 }, {});
    judge(model);
    for (const text of overtaken(model)) expect(model.troubled).toContain(text);
    expect(count(model, "stored")).toBeGreaterThan(100);
  });

  it.each([11, 12, 13, 14])("keeps the order always, strict (seed %i)", async (seed) => {
    const model = await simulate(seed, everything, { ordering: "strict" });
    judge(model);
    expect(overtaken(model)).toEqual([]);
    expect(count(model, "stored")).toBeGreaterThan(100);
  });

  it.each([21, 22, 23])("keeps the order always when only connections and answers are lost (seed %i)", async (seed) => {
    const model = await simulate(seed, { dropAck: 10, disconnect: 4, giveUp: 3 }, {});
    judge(model);
    expect(overtaken(model)).toEqual([]);
    expect(count(model, "stored")).toBeGreaterThan(500);
  });

  it.each([31, 32, 33])("stores nothing twice without ids (seed %i)", async (seed) => {
    const model = await simulate(seed, everything, { idempotent: false });
    judge(model);
    expect(count(model, "unknown")).toBeGreaterThan(10);
  });

  it.each([41, 42, 43])("stores nothing twice when ids are soon forgotten (seed %i)", async (seed) => {
    const model = await simulate(seed, { ...everything, duplicateWindowMs: 3_000 }, {});
    judge(model);
    expect(count(model, "unknown")).toBeGreaterThan(10);
  });

  it.each([51, 52])("delivers everything when the trouble is only for moments (seed %i)", async (seed) => {
    const model = await simulate(seed, { refuse: 2, throttle: 1, dropAck: 1 }, { deliveryTimeoutMs: 600_000 });
    judge(model);
    expect(count(model, "stored")).toBe(model.attempted);
  });

  describe("by fast ingest", () => {
    const fast: Partial<ProducerOptions> = { delivery: "fast-ingest" };
    const batched = (model: Model): number =>
      [...model.outcomes.values()].filter(({ result }) => !(result instanceof Error) && result.sequence === undefined)
        .length;

    beforeEach(() => {
      vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    });
    afterEach(() => {
      vi.restoreAllMocks();
    });

    it.each([61, 62, 63, 64, 65, 66])("keeps its promises (seed %i)", async (seed) => {
      const model = await simulate(seed, { ...everything, restart: 50 }, fast);
      judge(model);
      expect(batched(model)).toBeGreaterThan(100);
      for (const text of overtaken(model)) expect(model.troubled).toContain(text);
      for (const outcome of ["stored", "rejected", "unknown", "not-sent"]) {
        expect([outcome, count(model, outcome)]).toEqual([outcome, expect.toSatisfy((n: number) => n > 0)]);
      }
    });

    it.each([57, 58, 59])("keeps its promises to messages with deadlines of their own (seed %i)", async (seed) => {
      const model = await simulate(seed, { ...everything, restart: 50, ownDeadline: 50 }, fast);
      judge(model);
      expect(batched(model)).toBeGreaterThan(100);
      for (const text of overtaken(model)) expect(model.troubled).toContain(text);
    });

    it.each([67, 68, 69, 70])("keeps the order always, strict (seed %i)", async (seed) => {
      const model = await simulate(seed, { ...everything, restart: 50 }, { ...fast, ordering: "strict" });
      judge(model);
      expect(overtaken(model)).toEqual([]);
      expect(count(model, "stored")).toBeGreaterThan(100);
    });

    it.each([71, 72, 73])("keeps the order when only connections and answers are lost (seed %i)", async (seed) => {
      const model = await simulate(seed, { dropAck: 5, disconnect: 4, giveUp: 3, restart: 50 }, fast);
      judge(model);
      expect(overtaken(model)).toEqual([]);
      expect(count(model, "stored")).toBeGreaterThan(500);
    });

    it.each([81, 82, 83])("stores nothing twice without ids (seed %i)", async (seed) => {
      const model = await simulate(seed, { ...everything, restart: 50 }, { ...fast, idempotent: false });
      judge(model);
      expect(count(model, "unknown")).toBeGreaterThan(10);
    });

    it.each([91, 92])("stores nothing twice when ids are soon forgotten (seed %i)", async (seed) => {
      const model = await simulate(seed, { ...everything, duplicateWindowMs: 3_000 }, fast);
      judge(model);
      expect(count(model, "unknown")).toBeGreaterThan(10);
    });

    it.each([101, 102])("keeps them when the server has too many batches (seed %i)", async (seed) => {
      const model = await simulate(seed, { ...everything, maxOpenBatches: 0 }, fast);
      judge(model);
      expect(count(model, "stored")).toBeGreaterThan(100);
    });

    it.each([111, 112])("delivers everything, and ends every batch, when nothing is wrong (seed %i)", async (seed) => {
      const model = await simulate(seed, {}, fast);
      judge(model);
      expect(count(model, "stored")).toBe(model.attempted);
      expect(batched(model)).toBeGreaterThan(1_000);
      expect(model.openBatches).toBe(0);
    });
  });
});
