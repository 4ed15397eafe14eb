import { type Connection, DeliveryExpiredError, encodePayload, type StationName } from "@stationkit/core-protocol";
import { DeliveryError, type Producer as Engine, type PubAck } from "@stationkit/producer";
import { SchemaValidationError } from "./errors.js";
import type { Log } from "./log.js";
import { applyPartitions, type ResolvedProduce } from "./produce-options.js";
import { reportRefusal } from "./schemas/refused-message.js";
import type { HeldSchema } from "./schemas/station-schemas.js";

/** What sending to one station needs. */
export interface StationTargetParts {
  readonly connection: Connection;
  readonly log: Log;
  readonly station: StationName;
  readonly producerName: string;
  readonly engine: Engine<Uint8Array>;
  readonly held: HeldSchema;
}

/** One station as messages are sent to it: checked by its schema, in the order of the calls. */
export class StationTarget {
  readonly #parts: StationTargetParts;
  /** Calls that wait for a schema; while there are any, later ones wait behind them. */
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: StationTargetParts) {
    this.#parts = parts;
  }

  /** @returns the acknowledgement, of a message that was waited for. */
  async send(request: ResolvedProduce): Promise<PubAck | undefined> {
    if (this.#waiting === 0 && this.#parts.held.schema.isSettled) return this.#hand(request);
    return this.#sendInTurn(request);
  }

  /** Behind those who wait already, once there is a schema; no longer than the message may take. */
  async #sendInTurn(request: ResolvedProduce): Promise<PubAck | undefined> {
    const patience = new AbortController();
    this.#waiting++;
    const turn = this.#turn.then(async () => {
      try {
        await this.#parts.held.schema.current();
        // In an object: the next in turn does not wait for the outcome.
        return patience.signal.aborted ? undefined : { outcome: this.#hand(request) };
      } finally {
        this.#waiting--;
      }
    });
    this.#turn = turn.catch(() => undefined);
    const handed = await within(request.deliveryTimeoutMs, turn);
    if (handed !== undefined) return handed.outcome;
    patience.abort();
    throw this.#expired(request);
  }

  #expired({ deliveryTimeoutMs, msgId }: ResolvedProduce): DeliveryExpiredError {
    const { station } = this.#parts;
    // No partition was chosen yet, and none is 0.
    const fields = { station, partition: 0, msgId, attempts: 0, deliveryTimeoutMs };
    return new DeliveryExpiredError(`station "${station}" could not be reached within ${deliveryTimeoutMs} ms`, fields);
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#parts.engine.close().catch((error: unknown) => {
      // Each failure has been told, to its caller or by event.
      if (!(error instanceof DeliveryError)) throw error;
    });
    this.#parts.held.release();
  }

  async #hand(request: ResolvedProduce): Promise<PubAck | undefined> {
    const { engine } = this.#parts;
    const { headers, msgId, deliveryTimeoutMs } = request;
    const partition = applyPartitions(request.partition, engine.partitions);
    const message = { message: this.#encode(request), headers, msgId, deliveryTimeoutMs, ...partition };
    if (!request.asyncProduce) return engine.produce({ ...message, asyncProduce: false });
    await engine.produce(message);
    return undefined;
  }

  #encode({ message, headers, msgId }: ResolvedProduce): Uint8Array {
    const { connection, log, station, producerName, held } = this.#parts;
    try {
      return held.schema.ready?.encode(message) ?? encodePayload(message);
    } catch (error) {
      if (error instanceof SchemaValidationError) {
        const refused = { station, producerName, message, headers, msgId, error };
        reportRefusal({ connection, log }, held.schema, refused);
      }
      throw error;
    }
  }
}

/** What work gives, or undefined when it takes too long; it then goes on by itself. */
async function within<Result>(ms: number, work: Promise<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
