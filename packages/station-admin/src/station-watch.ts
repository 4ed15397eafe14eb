import type { Connection, StationName } from "@stationkit/core-protocol";
import type { Station } from "./station.js";
import { eventsBetween, type StationEvent } from "./station-events.js";
import { shareObservation } from "./station-observation.js";

/**
 * Follows one station until it is closed, or its connection is.
 *
 * The first iteration begins with what has changed since the watch was made; each further one, and each listener, with the
 * next event.
 */
export interface StationWatch extends AsyncIterable<StationEvent>, Disposable, AsyncDisposable {
  readonly name: StationName;
  /** The station at the last look; undefined when there is none, and before the first look. */
  readonly station: Station | undefined;
  /** Resolves after the first look, or when the watch has ended before. Never rejects. */
  readonly ready: Promise<void>;
  /**
   * Calls the listener with every event from now on. What it throws surfaces as an uncaught exception.
   * @returns how to unsubscribe.
   */
  on(listener: (event: StationEvent) => void): () => void;
  /** Ends all iterations of this watch; events that they have not taken yet are still given. Repeatable. */
  close(): void;
}

/** Options of a watch. */
export interface WatchOptions {
  /**
   * What the caller knows already: differences from it are told first. Default: what the first look finds, without an
   * event.
   */
  readonly from?: Station;
}

/** What a watch needs beyond the caller's options. */
export interface WatchRequest extends WatchOptions {
  readonly connection: Connection;
  readonly name: StationName;
  readonly pollIntervalMs: number;
}

/** Starts to follow a station; watches of one station on one connection share one subscription. */
export function watchStation({ connection, name, from, pollIntervalMs }: WatchRequest): StationWatch {
  const listeners = new Set<(event: StationEvent) => void>();
  const enders = new Set<() => void>();
  let known = from !== undefined;
  let station = from;
  /** What the first iteration starts from, so that it misses nothing of the time between `watch()` and its begin. */
  let origin = from;
  let iterated = false;
  let ended = false;
  let markReady: () => void = noop;
  const ready = new Promise<void>((resolve) => {
    markReady = resolve;
  });

  function end(): void {
    if (ended) return;
    ended = true;
    release();
    markReady();
    for (const ender of enders) ender();
    listeners.clear();
  }

  function see(now: Station | undefined): void {
    if (ended) return;
    const events = known ? eventsBetween(name, station, now) : [];
    station = now;
    if (!known) origin = now;
    known = true;
    markReady();
    for (const event of events) for (const listener of [...listeners]) call(listener, event);
  }

  const release = shareObservation({ connection, name, pollIntervalMs, observer: { see, end } });

  function on(listener: (event: StationEvent) => void): () => void {
    // A wrapper, so that one function registered twice is called twice and removed one at a time.
    const entry = (event: StationEvent): void => {
      listener(event);
    };
    if (!ended) listeners.add(entry);
    return () => listeners.delete(entry);
  }

  return {
    name,
    ready,
    on,
    close: end,
    get station() {
      return station;
    },
    [Symbol.dispose]: end,
    [Symbol.asyncDispose]: () => {
      end();
      return Promise.resolve();
    },
    [Symbol.asyncIterator]: () => {
      const missed = iterated ? [] : eventsBetween(name, origin, station);
      iterated = true;
      return iterate({ on, enders, ended, missed });
    },
  };
}

interface Source {
  readonly on: StationWatch["on"];
  readonly enders: Set<() => void>;
  readonly ended: boolean;
  readonly missed: readonly StationEvent[];
}

/** Events wait in a queue for a slow reader; a station changes seldom. */
function iterate({ on, enders, ended, missed }: Source): AsyncIterator<StationEvent> {
  const queue = [...missed];
  let wake: () => void = noop;
  let finished = ended;
  const unsubscribe = on((event) => {
    queue.push(event);
    wake();
  });
  const finish = (): void => {
    finished = true;
    unsubscribe();
    enders.delete(finish);
    wake();
  };
  if (!finished) enders.add(finish);
  return {
    async next(): Promise<IteratorResult<StationEvent, undefined>> {
      while (queue.length === 0 && !finished) {
        await new Promise<void>((resolve) => {
          const earlier = wake;
          wake = () => {
            earlier();
            resolve();
          };
        });
        wake = noop;
      }
      const value = queue.shift();
      return value === undefined ? { done: true, value: undefined } : { done: false, value };
    },
    return(): Promise<IteratorResult<StationEvent, undefined>> {
      queue.length = 0;
      finish();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}

/** A listener's own error is its owner's: it neither stops the others nor vanishes. */
function call(listener: (event: StationEvent) => void, event: StationEvent): void {
  try {
    listener(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function noop(): void {
  return undefined;
}
