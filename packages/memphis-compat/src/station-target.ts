import { type Connection, encodePayload, type StationName } from "@stationkit/core-protocol";
import type { Producer as Engine, PubAck } from "@stationkit/producer";
import { SchemaValidationError } from "./errors.js";
import type { Log } from "./log.js";
import { applyPartitions, type ResolvedProduce } from "./produce-options.js";
import type { ProducerEngines } from "./producer-engines.js";
import { reportRefusal } from "./schemas/refused-message.js";
import type { HeldSchema } from "./schemas/station-schemas.js";

/** What sending to one station needs. */
export interface StationTargetParts {
  readonly connection: Connection;
  readonly log: Log;
  readonly station: StationName;
  readonly producerName: string;
  readonly engines: ProducerEngines;
  readonly held: HeldSchema;
}

/** One station as messages are sent to it: checked by its schema, in the order of the calls. */
export class StationTarget {
  readonly #parts: StationTargetParts;
  /** Calls that wait for an engine or a schema; while there are any, later ones wait behind them. */
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: StationTargetParts) {
    this.#parts = parts;
  }

  /** @returns the acknowledgement, of a message that was waited for. */
  async send(request: ResolvedProduce): Promise<PubAck | undefined> {
    const { engines, held } = this.#parts;
    const engine = engines.peek(request.deliveryTimeoutMs);
    if (this.#waiting === 0 && engine !== undefined && held.schema.isSettled) return this.#hand(engine, request);
    this.#waiting++;
    const turn = this.#turn.then(async () => {
      try {
        const opened = await engines.get(request.deliveryTimeoutMs);
        await held.schema.current();
        // In an object: the next in turn does not wait for the outcome.
        return { outcome: this.#hand(opened, request) };
      } finally {
        this.#waiting--;
      }
    });
    this.#turn = turn.catch(() => undefined);
    return (await turn).outcome;
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#parts.engines.close();
    this.#parts.held.release();
  }

  async #hand(engine: Engine<Uint8Array>, request: ResolvedProduce): Promise<PubAck | undefined> {
    const { headers, msgId } = request;
    const partition = applyPartitions(request.partition, engine.partitions);
    const message = { message: this.#encode(request), headers, msgId, ...partition };
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
