import {
  type Connection,
  type ConnectionStatus,
  partitionStream,
  StationConflictError,
  StationkitError,
  type StationName,
} from "@stationkit/core-protocol";
import { inParallel, Operation } from "./operation.js";
import { readHead, type StationHead, toStation } from "./read-station.js";
import { partitionNumbers, type Station } from "./station.js";
import { decodeRecord } from "./station-record.js";
import { streamInfo } from "./stream-api.js";

/** Who is told what a look found. */
interface StationObserver {
  see(station: Station | undefined): void;
  end(): void;
}

/** One observer's wish. */
export interface ObservationRequest {
  readonly connection: Connection;
  readonly name: StationName;
  readonly pollIntervalMs: number;
  readonly observer: StationObserver;
}

const shared = new WeakMap<Connection, Map<StationName, Observation>>();

/**
 * Joins the one observation of a station on a connection, or starts it.
 * @returns how to leave; the last one to leave ends it.
 */
export function shareObservation(request: ObservationRequest): () => void {
  const { connection, name, observer } = request;
  const observations = shared.get(connection) ?? new Map<StationName, Observation>();
  shared.set(connection, observations);
  let observation = observations.get(name);
  if (observation === undefined) {
    observation = new Observation(connection, name, () => observations.delete(name));
    observations.set(name, observation);
  }
  observation.join(observer, request.pollIntervalMs);
  return () => {
    observation.leave(observer);
  };
}

/** How long one look may go on repeating its requests; the next trigger starts another. */
const LOOK_TIMEOUT_MS = 10_000;
/** How soon to look again at a station whose creator is still clearing leftovers away, and how often at most. */
const UNFINISHED_DELAY_MS = 200;
const UNFINISHED_LOOKS = 25;

/** Looks at partition 1 when the server tells of a change, after every reconnect, and every now and then. */
class Observation {
  readonly #connection: Connection;
  readonly #name: StationName;
  readonly #onEnd: () => void;
  readonly #observers = new Set<StationObserver>();
  #stopListening: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #pollIntervalMs = Number.POSITIVE_INFINITY;
  #station: Station | undefined;
  #seen = false;
  #looking = false;
  #lookAgain = false;
  #unfinishedLooks = 0;
  #ended = false;

  constructor(connection: Connection, name: StationName, onEnd: () => void) {
    this.#connection = connection;
    this.#name = name;
    this.#onEnd = onEnd;
    connection.on("status", this.#onStatus);
  }

  join(observer: StationObserver, pollIntervalMs: number): void {
    this.#observers.add(observer);
    if (this.#connection.state === "closed") {
      // Not at once: the watch that is joining has not been handed to its owner yet.
      queueMicrotask(() => {
        this.#end();
      });
      return;
    }
    if (this.#observers.size === 1) this.#listen();
    if (pollIntervalMs < this.#pollIntervalMs) this.#poll(pollIntervalMs);
    if (this.#seen)
      queueMicrotask(() => {
        if (this.#observers.has(observer)) observer.see(this.#station);
      });
    else this.#look();
  }

  leave(observer: StationObserver): void {
    if (this.#observers.delete(observer) && this.#observers.size === 0) this.#end();
  }

  readonly #onStatus = (status: ConnectionStatus): void => {
    if (status.type === "reconnected") this.#look();
    if (status.type === "closed") this.#end();
  };

  /** Advisories stay on `$JS.EVENT` whatever prefix a domain gives the API; without leave to subscribe the poll has to do. */
  #listen(): void {
    const subject = `$JS.EVENT.ADVISORY.STREAM.*.${partitionStream(this.#name, 1)}`;
    const { natsConnection } = this.#connection;
    const subscription = natsConnection.subscribe(subject, {
      callback: (error) => {
        if (error === null) this.#look();
      },
    });
    // Rejects when the subscription was refused: then the poll has to do.
    void subscription.closed.catch(() => undefined);
    this.#stopListening = () => {
      if (!natsConnection.isClosed()) subscription.unsubscribe();
    };
  }

  #poll(intervalMs: number): void {
    clearInterval(this.#timer);
    this.#pollIntervalMs = intervalMs;
    this.#timer = setInterval(() => {
      this.#look();
    }, intervalMs);
    this.#timer.unref();
  }

  /** Looks once, and once more when something happened meanwhile. */
  #look(): void {
    this.#lookAgain = true;
    if (this.#looking || this.#ended) return;
    this.#looking = true;
    void this.#lookRepeatedly();
  }

  async #lookRepeatedly(): Promise<void> {
    while (this.#lookAgain && !this.#isEnded()) {
      this.#lookAgain = false;
      try {
        this.#see(await this.#read());
      } catch {
        // A look that failed tells nothing: permission, outage, timeout. The next trigger, at the latest the poll, looks again.
      }
    }
    this.#looking = false;
  }

  async #read(): Promise<Station | undefined> {
    const operation = new Operation(this.#connection, { station: this.#name, timeoutMs: LOOK_TIMEOUT_MS });
    let head: StationHead | undefined;
    try {
      head = await readHead(operation, this.#name);
    } catch (error) {
      // Something else has taken the name: that is no station.
      if (StationkitError.is(error) && error instanceof StationConflictError) return undefined;
      throw error;
    }
    if (head === undefined) return undefined;
    const isNew = this.#seen && head.record !== undefined && head.record.id !== this.#station?.id;
    if (!isNew || !(await this.#holdsLeftovers(operation, head))) {
      this.#unfinishedLooks = 0;
      return toStation(head);
    }
    if (this.#unfinishedLooks++ < UNFINISHED_LOOKS) this.#lookSoon();
    else return toStation(head);
    return undefined;
  }

  /** A message stored in a leftover would be gone with it when the creator replaces it, so `created` waits for that. */
  async #holdsLeftovers(operation: Operation, head: StationHead): Promise<boolean> {
    const ids = await inParallel(partitionNumbers(head.partitionCount), async (partition) => {
      const info = await streamInfo(operation, partitionStream(this.#name, partition));
      return info === undefined ? head.record?.id : decodeRecord(info.config.metadata)?.id;
    });
    return ids.some((id) => id !== head.record?.id);
  }

  #lookSoon(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.#look();
    }, UNFINISHED_DELAY_MS);
    this.#retry.unref();
  }

  #see(station: Station | undefined): void {
    if (this.#ended) return;
    this.#seen = true;
    this.#station = station;
    for (const observer of [...this.#observers]) observer.see(station);
  }

  #isEnded(): boolean {
    return this.#ended;
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
    clearInterval(this.#timer);
    clearTimeout(this.#retry);
    this.#connection.off("status", this.#onStatus);
    this.#stopListening();
    for (const observer of [...this.#observers]) observer.end();
    this.#observers.clear();
  }
}
