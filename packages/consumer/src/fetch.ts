import { requireDurationMs, requireInteger, requireKnownKeys } from "@stationkit/core-protocol";
import type { FetchOptions } from "./consumer.js";
import type { PartitionReader } from "./engine/partition-reader.js";
import type { StationMessage } from "./engine/station-message.js";

/** What a fetch does where nothing is said. */
const FETCH_DEFAULTS = { batchSize: 10, maxWaitMs: 1_000 } as const;

const MAX_BATCH = 5_000;
/** The server ends a request when its time is over; for so long after that its last messages may be on their way. */
const GRACE_MS = 250;
/** What comes out of a fetch that took this part of the time for an answer has its whole time again. */
const RENEWED_AFTER = 4;
/** Before asking again where asking led to nothing at once, such as without a connection. */
const PAUSE_MS = 50;

/** Begins when something is fetched, and ends when nothing was for `ackTimeoutMs`. */
interface Prefetch {
  start(): void;
  stop(): void;
}

/** What fetches work with. */
export interface FetchSource {
  /** The partitions that are read. */
  readers(): readonly PartitionReader[];
  /** A message that is here, handed out; undefined when there is none. */
  take(): StationMessage | undefined;
  isClosed(): boolean;
  /** The group's. */
  ackTimeoutMs(): number;
  /** Of an exclusive group, whose partitions must be held for longer than a fetch. */
  readonly prefetch: Prefetch | undefined;
}

/** @throws {UsageError} */
export function resolveFetchOptions(options: FetchOptions): Required<FetchOptions> {
  requireKnownKeys("fetch", options, new Set(Object.keys(FETCH_DEFAULTS)));
  return {
    batchSize: requireInteger("batchSize", options.batchSize ?? FETCH_DEFAULTS.batchSize, { min: 1, max: MAX_BATCH }),
    maxWaitMs: requireDurationMs("maxWaitMs", options.maxWaitMs ?? FETCH_DEFAULTS.maxWaitMs),
  };
}

/** Fetches, one after the other. First what the partitions have, shared out among them; then what comes. */
export class Fetches {
  readonly #source: FetchSource;
  #last: Promise<unknown> = Promise.resolve();
  #running = 0;
  /** What the fetch that is running has: handed out, and in nobody's hands before it ends. */
  #messages: StationMessage[] = [];
  /** Which partition is asked for the odd message. */
  #turn = 0;
  #wake: () => void = () => undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(source: FetchSource) {
    this.#source = source;
  }

  get isActive(): boolean {
    return this.#running > 0;
  }

  fetch(options: Required<FetchOptions>): Promise<StationMessage[]> {
    clearTimeout(this.#idle);
    this.#running++;
    const fetched = this.#last
      .then(() => this.#fetchAlive(options))
      .finally(() => {
        if (--this.#running === 0) this.#rest();
      });
    this.#last = fetched.catch(() => undefined);
    return fetched;
  }

  /** Messages have come, or will not come. */
  progress(): void {
    this.#wake();
  }

  /** What a fetch that waits has so far. */
  get waiting(): readonly StationMessage[] {
    return this.#messages;
  }

  /** Another member is to have the partition: it would wait for what a fetch has of it. */
  giveBack(partition: number): void {
    const given = this.#messages.filter((message) => message.partition === partition);
    const kept = this.#messages.filter((message) => message.partition !== partition);
    this.#messages.splice(0, this.#messages.length, ...kept);
    for (const message of given) void message.nack();
  }

  /** As long as a fetch waits, nobody can answer what it has: as `waiting` it is kept from being delivered again. */
  async #fetchAlive(options: Required<FetchOptions>): Promise<StationMessage[]> {
    const messages: StationMessage[] = [];
    this.#messages = messages;
    const startedAt = performance.now();
    try {
      await this.#fetch(messages, options);
    } finally {
      this.#messages = [];
    }
    const isLong = performance.now() - startedAt >= this.#source.ackTimeoutMs() / RENEWED_AFTER;
    if (isLong) for (const message of messages) void message.working();
    return messages;
  }

  /** @param messages - gets what comes. */
  async #fetch(messages: StationMessage[], { batchSize, maxWaitMs }: Required<FetchOptions>): Promise<void> {
    const deadline = performance.now() + maxWaitMs;
    const room = (): number => batchSize - messages.length;
    const collect = (): void => {
      for (let message = room() > 0 ? this.#source.take() : undefined; message !== undefined;) {
        messages.push(message);
        message = room() > 0 ? this.#source.take() : undefined;
      }
    };
    const isOver = (): boolean => room() === 0 || performance.now() >= deadline || this.#source.isClosed();
    collect();
    if (this.#source.prefetch !== undefined) {
      this.#source.prefetch.start();
      await this.#until(() => {
        collect();
        return isOver();
      }, deadline);
    }
    for (let readers = this.#inTurn(); readers.length > 0 && !isOver();) {
      readers = await this.#askAll(readers, { room: room(), deadline, collect });
    }
    while (!isOver()) {
      const startedAt = performance.now();
      const came = await this.#waitForAll(this.#inTurn(), { room: room(), deadline, collect });
      if (!came && performance.now() - startedAt < PAUSE_MS) await this.#until(() => false, startedAt + PAUSE_MS);
    }
  }

  /**
   * Takes what is there. A partition that still waits for an earlier fetch has nothing, and is not asked.
   * @returns the partitions that may have more.
   */
  async #askAll(readers: readonly PartitionReader[], { room, deadline, collect }: Round): Promise<PartitionReader[]> {
    const idle = readers.filter(isIdle);
    const asked = idle.map((reader, index) => {
      const share = Math.floor(room / idle.length) + (index < room % idle.length ? 1 : 0);
      if (share > 0) reader.ask(share, { expiresMs: GRACE_MS, noWait: true });
      return { reader, share, before: reader.arrivals };
    });
    await this.#until(() => {
      collect();
      return idle.every(isIdle) || this.#source.isClosed();
    }, deadline);
    return asked.filter(({ reader, share, before }) => reader.arrivals - before >= share).map(({ reader }) => reader);
  }

  /**
   * Waits for what comes, until a partition can be asked again. Each is asked for one at least; a message too many waits for the next fetch.
   * @returns whether something came.
   */
  async #waitForAll(readers: readonly PartitionReader[], { room, deadline, collect }: Round): Promise<boolean> {
    const expiresMs = Math.max(1, Math.floor(deadline - performance.now()));
    const before = arrivals(readers);
    for (const reader of readers.filter(isIdle)) {
      reader.ask(Math.max(1, Math.floor(room / readers.length)), { expiresMs });
    }
    await this.#until(() => {
      collect();
      return readers.some(isIdle) || arrivals(readers) - before >= room || this.#source.isClosed();
    }, deadline + GRACE_MS);
    return arrivals(readers) > before;
  }

  /** Each fetch begins with another partition. */
  #inTurn(): PartitionReader[] {
    const readers = this.#source.readers();
    const first = this.#turn++ % Math.max(1, readers.length);
    return [...readers.slice(first), ...readers.slice(0, first)];
  }

  /** Whoever fetches no more keeps nothing from the other members. */
  #rest(): void {
    const { prefetch } = this.#source;
    if (prefetch === undefined) return;
    this.#idle = setTimeout(() => {
      prefetch.stop();
    }, this.#source.ackTimeoutMs()).unref();
  }

  async #until(isTrue: () => boolean, deadline: number): Promise<void> {
    while (!isTrue() && performance.now() < deadline) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(1, deadline - performance.now()));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

interface Round {
  readonly room: number;
  readonly deadline: number;
  readonly collect: () => void;
}

/** Waits for nothing that was asked for. */
function isIdle({ window }: PartitionReader): boolean {
  return window.asked === 0;
}

function arrivals(readers: readonly PartitionReader[]): number {
  return readers.reduce((sum, reader) => sum + reader.arrivals, 0);
}
