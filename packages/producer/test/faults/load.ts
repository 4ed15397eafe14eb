import { setTimeout as sleep } from "node:timers/promises";
import { StationkitError } from "@stationkit/core-protocol";
import type { Delivery, FastIngestPubAck, ProduceRequest, Producer } from "@stationkit/producer";
import { type FailureOutcome, indexText, Ledger, type Random } from "@stationkit/test-kit";

/** Of either way of delivery. */
export type AnyProducer = Producer<unknown, FastIngestPubAck>;

/** Half of the messages carry one of so many keys. */
const KEYS = 60;
const MAX_PADDING = 200;

/** Messages of one run, one after the other, and what their caller hears. */
export class Load {
  readonly ledger = new Ledger();
  /** How often each error code came. */
  readonly codes = new Map<string, number>();
  /** How often failures name an error with this code as their cause. */
  readonly causes = new Map<string, number>();
  acknowledged = 0;
  failed = 0;
  /** The longest time from admission to the end, milliseconds. */
  slowestMs = 0;
  readonly #producer: AnyProducer;
  readonly #random: Random;
  #open = 0;
  #watchers: { readonly index: number; readonly resolve: () => void }[] = [];

  constructor(producer: AnyProducer, random: Random) {
    this.#producer = producer;
    this.#random = random;
    producer.on("delivery-failed", ({ outcome }, { request }) => {
      this.ledger.report(Number.parseInt(String(request.message), 10), outcome);
    });
  }

  get attempted(): number {
    return this.ledger.attempted;
  }

  /** Resolves when so many messages have been attempted. */
  reached(index: number): Promise<void> {
    if (this.attempted >= index) return Promise.resolve();
    return new Promise((resolve) => {
      this.#watchers.push({ index, resolve });
    });
  }

  /** Produces, waiting for room and for nothing else, until there are `count` messages and `isOver` says so, too. */
  async run(count: number, isOver: () => boolean): Promise<void> {
    while (this.attempted < count || !isOver()) await this.produceOne();
  }

  /** One more message; resolves when it is admitted, or refused. */
  async produceOne(): Promise<void> {
    const { key, request } = this.#next();
    const index = this.#attempt(key);
    try {
      this.#follow(index, await this.#producer.produce(request));
    } catch (error) {
      this.ledger.refuse(index, this.#count(error));
    }
  }

  /** One more message, if there is room for it. @returns false when there was none: then nothing was attempted. */
  tryOne(): boolean {
    const { key, request } = this.#next();
    const delivery = this.#producer.tryProduce(request);
    if (delivery !== undefined) this.#follow(this.#attempt(key), delivery);
    return delivery !== undefined;
  }

  /**
   * Waits until every message has ended, for as long as that may take: what is still open then is silent.
   * @param deliveryTimeoutMs - of the producer.
   */
  async settled(deliveryTimeoutMs: number): Promise<void> {
    const deadline = Date.now() + deliveryTimeoutMs + 5_000;
    while (this.#open > 0 && Date.now() < deadline) await sleep(5);
  }

  #next(): { key: number | undefined; request: ProduceRequest } {
    const key = this.#random.chance(50) ? this.#random.between(0, KEYS - 1) : undefined;
    const message = indexText(this.attempted, this.#random.between(0, MAX_PADDING));
    return { key, request: key === undefined ? { message } : { message, partitionKey: `key-${key}` } };
  }

  #attempt(key: number | undefined): number {
    const index = this.ledger.attempt(key);
    if (this.#watchers.length > 0) this.#wake();
    return index;
  }

  #follow(index: number, { acknowledged }: Delivery<FastIngestPubAck>): void {
    const admittedAt = Date.now();
    this.#open++;
    const end = (): void => {
      this.#open--;
      this.slowestMs = Math.max(this.slowestMs, Date.now() - admittedAt);
    };
    acknowledged.then(
      (ack) => {
        this.ledger.acknowledge(index, ack);
        this.acknowledged++;
        end();
      },
      (error: unknown) => {
        this.ledger.fail(index, this.#count(error));
        end();
      },
    );
  }

  #count(error: unknown): FailureOutcome {
    if (!StationkitError.is(error)) throw error;
    this.failed++;
    increment(this.codes, error.code);
    if (StationkitError.is(error.cause)) increment(this.causes, error.cause.code);
    return error.outcome;
  }

  #wake(): void {
    for (const { index, resolve } of this.#watchers) if (this.attempted >= index) resolve();
    this.#watchers = this.#watchers.filter(({ index }) => this.attempted < index);
  }
}

function increment(counts: Map<string, number>, code: string): void {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}
