import { OPERATION } from "./engine/fast-ingest/reply-subject.js";

/** The body that refuses a message. */
export type Refusal = Readonly<{ code: number; err_code: number; description: string }>;

interface OpenBatch {
  readonly interval: number;
  last: number;
  acknowledged: number;
}

const refusal = (errorCode: number, code = 400): string => body({ error: { code, err_code: errorCode }, seq: 0 });
const body = (value: unknown): string => JSON.stringify(value);

/** The fast-ingest batches of one stream, as nats-server 2.15.1 was seen to keep them (docs/fast-ingest.md). */
export class FastBatches {
  readonly #stream: string;
  readonly #open = new Map<string, OpenBatch>();
  /** How many batches may be open. */
  maxOpen = 1_000;

  constructor(stream: string) {
    this.#stream = stream;
  }

  get open(): number {
    return this.#open.size;
  }

  /** The server was started again. */
  forget(): void {
    this.#open.clear();
  }

  /**
   * Takes one message of a batch.
   * @param store - stores it, or knows its id; gives the reason when it does neither.
   * @returns the bodies of the answers, in order.
   */
  take(reply: string, store: () => Refusal | undefined): string[] {
    const [id = "", flow, , sequenceText, operationText] = reply.split(".").slice(-6);
    const sequence = Number(sequenceText);
    const operation = Number(operationText);
    const isCommand = operation === OPERATION.end || operation === OPERATION.ping;
    const answers: string[] = [];
    let batch = this.#open.get(id);
    if (batch === undefined) {
      if (sequence !== 1 || isCommand) return [refusal(10_208)];
      if (this.#open.size >= this.maxOpen) return [refusal(10_211, 429)];
      batch = { interval: Math.min(500, Number(flow)), last: 0, acknowledged: 0 };
      this.#open.set(id, batch);
      if (operation === OPERATION.start) answers.push(this.#ack(batch));
    }
    if (operation === OPERATION.ping && sequence <= batch.last) return [this.#ack(batch)];
    if (operation === OPERATION.ping || sequence !== batch.last + 1) {
      return [body({ type: "gap", last_seq: batch.last + 1, seq: sequence }), this.#end(id, batch)];
    }
    if (operation === OPERATION.end) return [this.#end(id, batch)];
    const error = store();
    if (error !== undefined) {
      const isFirst = sequence === 1;
      answers.push(body(isFirst ? { error, stream: this.#stream, seq: 0 } : { type: "err", seq: sequence, error }));
      if (isFirst) this.#open.delete(id);
      else answers.push(this.#end(id, batch));
      return answers;
    }
    batch.last = sequence;
    if (operation === OPERATION.commit) return [...answers, this.#end(id, batch)];
    if (batch.last - batch.acknowledged >= batch.interval) {
      batch.acknowledged = batch.last;
      answers.push(this.#ack(batch));
    }
    return answers;
  }

  #ack({ acknowledged, interval }: OpenBatch): string {
    return body({ type: "ack", seq: acknowledged, msgs: interval });
  }

  #end(id: string, { last }: OpenBatch): string {
    this.#open.delete(id);
    return body({ stream: this.#stream, seq: last, batch: id, count: last });
  }
}
