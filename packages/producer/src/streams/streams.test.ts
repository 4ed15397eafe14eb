import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ConnectionClosedError, UsageError } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import type { Delivery, PubAck } from "../delivery.js";
import type { ProduceRequest } from "../produce-request.js";
import { ProducerClosedError } from "../producer-errors.js";
import { toRequest } from "./produce-input.js";
import { type Produce, produceMany } from "./produce-many.js";
import { createWritable } from "./writable.js";

/** A producer that admits what it is told to, and acknowledges on command. */
class FakeProducer {
  readonly requests: ProduceRequest[] = [];
  readonly #settle: ((error?: Error) => void)[] = [];
  /** Answers by itself when false. */
  holds = false;
  admit: (request: ProduceRequest) => Promise<void> = () => Promise.resolve();
  fails: (request: ProduceRequest) => Error | undefined = () => undefined;

  readonly produce: Produce<unknown> = async (request) => {
    await this.admit(request);
    this.requests.push(request);
    const acknowledged = new Promise<PubAck>((resolve, reject) => {
      const settle = (error = this.fails(request)): void => {
        if (error !== undefined) reject(error);
        else resolve({ station: "s", partition: 1, sequence: 1, duplicate: request.msgId === "again", msgId: "i" });
      };
      if (this.holds) this.#settle.push(settle);
      else settle();
    });
    acknowledged.catch(() => undefined);
    return { station: "s", partition: 1, msgId: "i", acknowledged } satisfies Delivery;
  };

  get open(): number {
    return this.#settle.length;
  }

  settleAll(): void {
    for (const settle of this.#settle.splice(0)) settle();
  }
}

const texts = ({ requests }: FakeProducer): unknown[] => requests.map(({ message }) => message);
const turn = (): Promise<unknown> => new Promise(setImmediate);

async function* items(...values: string[]): AsyncGenerator<string> {
  for (const value of values) {
    await Promise.resolve();
    yield value;
  }
}

describe("toRequest", () => {
  it("takes bytes and texts for messages, and requests as they are", () => {
    const request = { message: 1, partitionKey: "k" };
    expect(toRequest(request)).toBe(request);
    expect(toRequest("a")).toEqual({ message: "a" });
    expect(toRequest(new Uint8Array([1]))).toEqual({ message: new Uint8Array([1]) });
  });

  it.each([[null], [undefined], [5], [{}], [["a"]], [{ message: 1, asyncProduce: false }]])("refuses %o", (input) => {
    expect(() => toRequest(input as never)).toThrow(UsageError);
  });
});

describe("produceMany", () => {
  it("waits for all acknowledgements, and counts", async () => {
    const producer = new FakeProducer();
    producer.holds = true;
    const summary = produceMany(producer.produce, ["a", { message: "b", msgId: "again" }]);
    while (producer.open < 2) await turn();
    let done = false;
    void summary.then(() => (done = true));
    await turn();
    expect(done).toBe(false);
    producer.settleAll();
    expect(await summary).toMatchObject({
      received: 2,
      produced: 2,
      duplicates: 1,
      failed: 0,
      failures: [],
      aborted: false,
    });
  });

  it("gives an empty summary for an empty source", async () => {
    expect(await produceMany(new FakeProducer().produce, [])).toMatchObject({ received: 0, produced: 0, failed: 0 });
  });

  it("reads no further while there is no room", async () => {
    const producer = new FakeProducer();
    let release: () => void = () => undefined;
    producer.admit = () => new Promise((resolve) => (release = resolve));
    let read = 0;
    const source = (function* () {
      for (; read < 10;) yield String(read++);
    })();
    const summary = produceMany(producer.produce, source);
    await turn();
    await turn();
    expect(read).toBe(1);
    producer.admit = () => Promise.resolve();
    release();
    expect(await summary).toMatchObject({ produced: 10 });
  });

  it("goes on after items that are wrong or fail, names them by place, and keeps a thousand", async () => {
    const producer = new FakeProducer();
    producer.fails = ({ message }) => (message === "bad" ? new UsageError("bad") : undefined);
    const source = ["ok", 5 as never, ...Array.from({ length: 1_200 }, () => "bad"), "ok"];
    const summary = await produceMany(producer.produce, source);
    expect(summary).toMatchObject({ received: 1_203, produced: 2, failed: 1_201, failures: { length: 1_000 } });
    expect(summary.failures.slice(0, 2).map(({ index }) => index)).toEqual([1, 2]);
  });

  it.each([new ProducerClosedError("p"), new ConnectionClosedError("closed", "not-sent")])(
    "stops reading an endless source when everything is closed: %s",
    async (error) => {
      const producer = new FakeProducer();
      producer.admit = () => (producer.requests.length < 3 ? Promise.resolve() : Promise.reject(error));
      let returned = false;
      const endless = (function* () {
        try {
          for (let i = 0; ; i++) yield String(i);
        } finally {
          returned = true;
        }
      })();
      const summary = await produceMany(producer.produce, endless);
      expect(summary).toMatchObject({ received: 4, produced: 3, failed: 1, failures: [{ index: 3, error }] });
      expect(returned).toBe(true);
    },
  );

  it("rejects with the source's own error after everything admitted is settled", async () => {
    const producer = new FakeProducer();
    producer.holds = true;
    const source = (function* () {
      yield "a";
      throw new Error("broken");
    })();
    const summary = produceMany(producer.produce, source);
    let done = false;
    summary.catch(() => (done = true));
    await turn();
    await turn();
    expect(done).toBe(false);
    producer.settleAll();
    await expect(summary).rejects.toThrow("broken");
  });

  it("delivers what was read before the signal fired, and loses nothing that it read", async () => {
    const producer = new FakeProducer();
    const controller = new AbortController();
    producer.admit = ({ message }) => {
      if (message === "b") controller.abort();
      return Promise.resolve();
    };
    const summary = await produceMany(producer.produce, items("a", "b", "c"), { signal: controller.signal });
    expect(summary).toMatchObject({ received: 2, produced: 2, aborted: true });
    expect(texts(producer)).toEqual(["a", "b"]);
  });

  it("ends at once when the source keeps it waiting, or the signal has fired before", async () => {
    const controller = new AbortController();
    let returned = false;
    const source: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => {
          returned = true;
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    const summary = produceMany(new FakeProducer().produce, source, { signal: controller.signal });
    await turn();
    controller.abort();
    expect(await summary).toMatchObject({ received: 0, aborted: true });
    expect(returned).toBe(true);
    const signal = AbortSignal.abort();
    expect(await produceMany(new FakeProducer().produce, ["a"], { signal })).toMatchObject({ received: 0 });
  });

  it.each([undefined, new AbortController().signal])(
    "sends everything of any source, and passes the source's error on, with signal %s",
    async (signal) => {
      const options = signal && { signal };
      for (const source of [["a", "b"], items("a", "b")]) {
        const producer = new FakeProducer();
        expect(await produceMany(producer.produce, source, options)).toMatchObject({ produced: 2, aborted: false });
        expect(texts(producer)).toEqual(["a", "b"]);
      }
      const broken: Iterable<string> = {
        [Symbol.iterator]: () => ({
          next: () => {
            throw new Error("broken");
          },
        }),
      };
      await expect(produceMany(new FakeProducer().produce, broken, options)).rejects.toThrow("broken");
    },
  );

  it("leaves an item's own signal alone", async () => {
    const producer = new FakeProducer();
    const { signal } = new AbortController();
    await produceMany(producer.produce, [{ message: "a", signal }], { signal: new AbortController().signal });
    expect(producer.requests[0]?.signal).toBe(signal);
  });
});

describe("createWritable", () => {
  it("finishes when everything is acknowledged", async () => {
    const producer = new FakeProducer();
    producer.holds = true;
    const done = pipeline(Readable.from(["a", { message: "b" }]), createWritable(producer.produce));
    while (producer.open < 2) await turn();
    let finished = false;
    void done.then(() => (finished = true));
    await turn();
    expect(finished).toBe(false);
    producer.settleAll();
    await done;
    expect(texts(producer)).toEqual(["a", "b"]);
  });

  it("finishes at once when nothing was written", async () => {
    await pipeline(Readable.from([]), createWritable(new FakeProducer().produce));
  });

  it("writes in order, one at a time, no faster than it is admitted", async () => {
    const producer = new FakeProducer();
    let admitting = 0;
    producer.admit = async () => {
      expect(++admitting).toBe(1);
      await turn();
      admitting--;
    };
    const values = Array.from({ length: 50 }, (_, i) => String(i));
    await pipeline(Readable.from(values), createWritable(producer.produce));
    expect(texts(producer)).toEqual(values);
  });

  it("fails with the error of the first message that fails, even when it is the last to be waited for", async () => {
    const producer = new FakeProducer();
    producer.fails = ({ message }) => (message === "b" ? new UsageError("b is bad") : undefined);
    await expect(pipeline(Readable.from(["a", "b", "c"]), createWritable(producer.produce))).rejects.toThrow(
      "b is bad",
    );

    const late = new FakeProducer();
    late.holds = true;
    late.fails = () => new UsageError("late");
    const done = pipeline(Readable.from(["a"]), createWritable(late.produce));
    const failed = expect(done).rejects.toThrow("late");
    while (late.open < 1) await turn();
    await turn();
    late.settleAll();
    await failed;
  });

  it("fails when an item is not admitted, or is none", async () => {
    const producer = new FakeProducer();
    producer.admit = () => Promise.reject(new ProducerClosedError("p"));
    await expect(pipeline(Readable.from(["a"]), createWritable(producer.produce))).rejects.toThrow(ProducerClosedError);
    await expect(pipeline(Readable.from([5]), createWritable(new FakeProducer().produce))).rejects.toThrow(UsageError);
  });

  it("bears being destroyed while messages are open", async () => {
    const producer = new FakeProducer();
    producer.holds = true;
    const stream = createWritable(producer.produce);
    stream.on("error", () => undefined);
    stream.write("a");
    stream.end();
    await turn();
    stream.destroy(new Error("stop"));
    producer.settleAll();
    await turn();
    expect(stream.destroyed).toBe(true);
  });
});
