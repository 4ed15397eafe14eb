import { type Connection, type StationkitError, type StationName } from "@stationkit/core-protocol";
import { createProducer, DeliveryError, type Producer as Engine, ProducerClosedError } from "@stationkit/producer";
import { AUTO_CREATED } from "./auto-created.js";
import { PRODUCE_DEFAULTS } from "./produce-options.js";

/** What the engines of one producer have in common. */
export interface EnginesParts {
  readonly connection: Connection;
  readonly station: StationName;
  readonly producerName: string;
  /** A message that was sent without waiting has failed. */
  readonly onFailure: (error: StationkitError) => void;
}

/** Callers who give each message a time of its own get this many engines at a time. */
const MAX_ENGINES = 8;

/**
 * The producers beneath one compat producer: one for each `ackWaitSec` in use, since our producer has one deadline for all of its
 * messages. Almost always there is one.
 */
export class ProducerEngines {
  readonly #parts: EnginesParts;
  /** By deadline; the one that was used last comes last. */
  readonly #engines = new Map<number, Promise<Engine<Uint8Array>>>();
  readonly #open = new Map<number, Engine<Uint8Array>>();
  /** Of engines that had to make room: their messages are still on their way. */
  readonly #closing = new Set<Promise<void>>();
  #isClosed = false;

  constructor(parts: EnginesParts) {
    this.#parts = parts;
  }

  /** Makes the station where it is missing, and the engine that most messages will want. */
  async open(): Promise<void> {
    await this.get(PRODUCE_DEFAULTS.ackWaitSec * 1_000);
  }

  /** As `get`, if it is open already. */
  peek(deliveryTimeoutMs: number): Engine<Uint8Array> | undefined {
    return this.#open.get(deliveryTimeoutMs);
  }

  /**
   * The engine whose messages are given up after this time; made when missing.
   * @throws {ProducerClosedError} after `close()`.
   */
  async get(deliveryTimeoutMs: number): Promise<Engine<Uint8Array>> {
    if (this.#isClosed) throw new ProducerClosedError(this.#parts.producerName);
    let engine = this.#engines.get(deliveryTimeoutMs);
    if (engine === undefined) {
      this.#makeRoom();
      engine = this.#make(deliveryTimeoutMs);
    } else this.#engines.delete(deliveryTimeoutMs);
    this.#engines.set(deliveryTimeoutMs, engine);
    return engine;
  }

  /** Waits for all messages. What failed was told before. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const engines = [...this.#engines.values()];
    this.#engines.clear();
    this.#open.clear();
    await Promise.all([...engines.map(closeEngine), ...this.#closing]);
  }

  async #make(deliveryTimeoutMs: number): Promise<Engine<Uint8Array>> {
    const { connection, station, producerName, onFailure } = this.#parts;
    try {
      const options = { stationName: station, producerName, station: AUTO_CREATED, deliveryTimeoutMs };
      const engine = await createProducer<Uint8Array>(connection, options);
      engine.on("delivery-failed", (error, { request }) => {
        // Who waits for the acknowledgement hears it there.
        if ((request as { asyncProduce?: boolean }).asyncProduce !== false) onFailure(error);
      });
      if (this.#engines.has(deliveryTimeoutMs)) this.#open.set(deliveryTimeoutMs, engine);
      return engine;
    } catch (error) {
      this.#engines.delete(deliveryTimeoutMs);
      throw error;
    }
  }

  #makeRoom(): void {
    if (this.#engines.size < MAX_ENGINES) return;
    const [oldest] = this.#engines;
    if (oldest === undefined) return;
    this.#engines.delete(oldest[0]);
    this.#open.delete(oldest[0]);
    const closing = closeEngine(oldest[1]).finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

async function closeEngine(opening: Promise<Engine<Uint8Array>>): Promise<void> {
  try {
    await (await opening).close();
  } catch (error) {
    // Each failure has been told, to its caller or by event; an engine that never opened has nothing to close.
    if (!(error instanceof DeliveryError) && (await isOpen(opening))) throw error;
  }
}

async function isOpen(opening: Promise<unknown>): Promise<boolean> {
  return opening.then(
    () => true,
    () => false,
  );
}
