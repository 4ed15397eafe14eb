import { StationkitError } from "@stationkit/core-protocol";
import { vi } from "vitest";
import { FakeBroker, fakeStation, openProducer } from "../../broker.fake.js";
import type { FastIngestPubAck } from "../../delivery.js";
import type { ProduceRequest } from "../../produce-request.js";
import type { ProducerOptions } from "../../producer-options.js";
import type { StationProducer } from "../../station-producer.js";

/** The stream of the only partition. */
export const STREAM = "orders$1";

/** A producer by fast ingest, whose broker is the test. Messages are named by their text. */
export class FastIngestRig {
  readonly broker: FakeBroker;
  readonly producer: StationProducer<unknown>;
  readonly results = new Map<string, FastIngestPubAck | StationkitError>();
  /** Reply subject of the batch message that was taken last. */
  #lastReply = "";

  private constructor(broker: FakeBroker, producer: StationProducer<unknown>) {
    this.broker = broker;
    this.producer = producer;
  }

  static async open(
    options: Partial<ProducerOptions> = {},
    replicas = 1,
    broker = new FakeBroker(),
  ): Promise<FastIngestRig> {
    const station = fakeStation("orders", 1, { replicas });
    return new FastIngestRig(broker, await openProducer(broker, { delivery: "fast-ingest", ...options }, station));
  }

  /** Produces messages, each named by one word, in one turn of the event loop. */
  async produce(texts: string, request: Partial<ProduceRequest> = {}): Promise<void> {
    for (const text of texts.split(" ")) {
      const settle = (result: FastIngestPubAck | StationkitError): unknown => this.results.set(text, result);
      this.producer.produce({ message: text, asyncProduce: false, ...request }).then(settle, settle);
    }
    await this.turn();
  }

  async turn(): Promise<void> {
    await vi.advanceTimersByTimeAsync(1);
  }

  /** What was published since the last look: the text, and for a batch its place and what it does. */
  taken(): string {
    this.#lastReply = this.#findLastReply();
    return this.broker.published
      .splice(0)
      .map(({ text, reply }) => (reply.endsWith("$FI") ? `${text}@${reply.split(".").slice(-3, -1).join(".")}` : text))
      .join(" ");
  }

  /** Answers for the batch that was published to last, about one of its messages. */
  async answer(sequence: number, body: unknown, { status = 0, operation = 1 } = {}): Promise<void> {
    const parts = this.#findLastReply().split(".").slice(0, -3);
    const reply = [...parts, sequence, operation, "$FI"].join(".");
    this.broker.answer(reply, body === "" ? "" : JSON.stringify(body), status);
    await this.turn();
  }

  ack(seq: number, msgs: number): Promise<void> {
    return this.answer(Math.max(1, seq), { type: "ack", seq, msgs });
  }

  end(count: number, stream = STREAM): Promise<void> {
    return this.answer(count, { stream, seq: count, batch: "b", count });
  }

  refuse(sequence: number, errorCode: number, code = 400): Promise<void> {
    return this.answer(sequence, { error: { code, err_code: errorCode, description: `error ${errorCode}` }, seq: 0 });
  }

  /** Opens a first batch and ends it, after which the server is trusted. The server speaks at every fifth message. */
  async trust(): Promise<void> {
    await this.produce("t1 t2");
    await this.ack(0, 5);
    await this.end(2);
    this.taken();
    this.results.clear();
  }

  #findLastReply(): string {
    return this.broker.published.findLast(({ reply }) => reply.endsWith("$FI"))?.reply ?? this.#lastReply;
  }

  outcomes(): Record<string, string> {
    return Object.fromEntries(
      [...this.results].map(([text, result]) => [
        text,
        result instanceof StationkitError ? `${result.code} ${result.outcome}` : `stored ${result.sequence ?? "-"}`,
      ]),
    );
  }
}
