import { types } from "node:util";
import {
  ConnectionClosedError,
  requireKnownKeys,
  type StationkitError,
  toStationkitError,
  UsageError,
} from "@stationkit/core-protocol";
import type { Delivery, MultiStationDelivery, PubAck } from "../delivery.js";
import type { ProduceRequest } from "../produce-request.js";
import type { ProduceInput, ProduceManyOptions, ProduceSummary } from "../producer.js";
import { ProducerClosedError } from "../producer-errors.js";
import { toRequest } from "./produce-input.js";
import { untilAborted } from "./until-aborted.js";

const MAX_FAILURES = 1_000;
const OPTION_KEYS = new Set(["signal"]);

/** Non-blocking produce of any producer. */
export type Produce<T> = (request: ProduceRequest<T>) => Promise<Delivery | MultiStationDelivery>;

/** Reads the source no faster than the window admits, and counts what becomes of each item. */
export async function produceMany<T>(
  produce: Produce<T>,
  source: Iterable<ProduceInput<T>> | AsyncIterable<ProduceInput<T>>,
  options: ProduceManyOptions = {},
): Promise<ProduceSummary> {
  requireKnownKeys("produceMany", options, OPTION_KEYS);
  requireSource(source);
  const { signal } = options;
  const startedAt = Date.now();
  const failures: { index: number; error: StationkitError }[] = [];
  const open = new OpenCount();
  let [received, produced, duplicates, failed] = [0, 0, 0, 0];

  const fail = (index: number, error: unknown): void => {
    failed++;
    if (failures.length < MAX_FAILURES) failures.push({ index, error: toStationkitError(error) });
  };
  const succeed = (acks: PubAck | readonly PubAck[]): void => {
    produced++;
    if (hasDuplicate(acks)) duplicates++;
    open.end();
  };

  try {
    for await (const input of signal === undefined ? source : untilAborted(source, signal)) {
      const index = received++;
      try {
        const { acknowledged } = await produce(toRequest(input));
        open.begin();
        void (acknowledged as Promise<PubAck | readonly PubAck[]>).then(succeed, (error: unknown) => {
          fail(index, error);
          open.end();
        });
      } catch (error) {
        fail(index, error);
        // Every further item would fail in the same way, and a source may be endless.
        if (isClosed(error)) break;
      }
    }
  } finally {
    await open.empty();
  }
  return {
    received,
    produced,
    duplicates,
    failed,
    failures,
    aborted: signal?.aborted === true,
    elapsedMs: Date.now() - startedAt,
  };
}

/** Texts and bytes can be iterated, too, but nobody means their characters. */
function requireSource(source: unknown): void {
  const isList = typeof source === "object" && source !== null && !types.isUint8Array(source);
  if (isList && (Symbol.asyncIterator in source || Symbol.iterator in source)) return;
  throw new UsageError("produceMany takes an iterable or async iterable of messages; put a single one into a list");
}

function hasDuplicate(acks: PubAck | readonly PubAck[]): boolean {
  return "duplicate" in acks ? acks.duplicate : acks.some(({ duplicate }) => duplicate);
}

function isClosed(error: unknown): boolean {
  return error instanceof ProducerClosedError || error instanceof ConnectionClosedError;
}

/** Counts what has not ended, without keeping it. */
class OpenCount {
  #count = 0;
  #resolve: (() => void) | undefined;

  begin(): void {
    this.#count++;
  }

  end(): void {
    if (--this.#count === 0) this.#resolve?.();
  }

  async empty(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => (this.#resolve = resolve));
  }
}
