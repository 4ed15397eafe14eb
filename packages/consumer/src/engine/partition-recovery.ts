import {
  type ConsumerGroupName,
  ConsumerGroupNotFoundError,
  type StationkitError,
  type StationName,
  StationNotFoundError,
  toStationkitError,
} from "@stationkit/core-protocol";
import { type ConsumerGroupSettings, readGroupSettings } from "@stationkit/station-admin";
import type { StartPosition } from "../start-position.js";
import type { DurableInfo } from "./durable-config.js";
import type { Durables } from "./durables.js";
import { retryDelayMs } from "./persist.js";

/** Whose way back is to be found, and who is told. */
export interface RecoveryParts {
  readonly station: StationName;
  readonly group: ConsumerGroupName;
  readonly partition: number;
  readonly durables: Durables;
  interrupted(error: StationkitError): void;
  resumed(): void;
  /** The group has another `ackTimeoutMs` than before. */
  changed(): void;
  /** The station was destroyed, or is another one of its name. Nothing of the one that is there now was asked for yet, as far as is known. */
  replaced(): void;
}

/** How often the group's place is looked up, for the case that its durable is deleted, or its settings are changed. */
const LOOK_INTERVAL_MS = 30_000;
/** A leader that changes is not told of unless it takes longer than so many tries. */
const QUIET_TRIES = 3;

/** Knows the group's place on a partition, and finds the way back to it when leader, durable or server are gone. */
export class PartitionRecovery {
  settings: ConsumerGroupSettings;
  readonly #parts: RecoveryParts;
  /** Everything up to here was answered by the group. */
  #floor: number | undefined;
  /**
   * Milliseconds since the epoch, by the server's clock: when the durable was made that was last seen. A stream that is younger is
   * another one, whose sequences begin from 1. One that is restored from a backup keeps its age.
   */
  #madeAtMs: number;
  #lookedAt = performance.now();
  /** Recoveries in a row without a sign of life in between. */
  #failures = 0;
  /** Codes that were told since all was last in order. */
  readonly #told = new Set<string>();
  #isClosed = false;

  constructor(parts: RecoveryParts, info: DurableInfo) {
    this.#parts = parts;
    this.settings = readGroupSettings(info.config);
    this.#floor = info.ack_floor.stream_seq;
    this.#madeAtMs = Date.parse(info.created);
  }

  close(): void {
    this.#isClosed = true;
  }

  /** The server has given a sign of life. */
  sawLife(): void {
    this.#failures = 0;
  }

  /**
   * Takes the group's place down every now and then, so that a deleted durable can be made again there, and its settings.
   * @param intervalMs - since the last look, at least.
   * @returns false when the durable is gone.
   */
  async look(intervalMs: number = LOOK_INTERVAL_MS): Promise<boolean> {
    if (performance.now() - this.#lookedAt < intervalMs) return true;
    this.#lookedAt = performance.now();
    try {
      const info = await this.#parts.durables.info(this.#parts.partition);
      if (info === undefined) return false;
      await this.#note(info);
      return true;
    } catch (error) {
      // Whatever else it is: reading itself will tell, should it last.
      return !(error instanceof StationNotFoundError);
    }
  }

  /** Resolves when the group has its durable, as often as that may have to be tried, or when nobody wants it any more. */
  async run(cause: StationkitError | undefined): Promise<void> {
    if (cause !== undefined) this.#tell(cause);
    for (; ; this.#failures++) {
      if (this.#failures > 0) await new Promise((resolve) => setTimeout(resolve, retryDelayMs(this.#failures)).unref());
      if (this.#isClosed) return;
      try {
        await this.#restore();
        break;
      } catch (error) {
        if (error instanceof StationNotFoundError) this.#parts.replaced();
        const reason = toStationkitError(error);
        if (!reason.retryable || this.#failures >= QUIET_TRIES) this.#tell(reason);
      }
    }
    this.#failures++;
    if (this.#told.size > 0) this.#parts.resumed();
    this.#told.clear();
  }

  /** Makes sure that the group has its durable. */
  async #restore(): Promise<void> {
    const { durables, station, group, partition } = this.#parts;
    const info = await durables.info(partition);
    if (info !== undefined) {
      await this.#note(info);
      return;
    }
    await this.#compareStream();
    this.#tell(new ConsumerGroupNotFoundError({ station, partition, group }));
    await this.#note(await durables.ensure(partition, this.#lastKnownPlace()));
  }

  async #note(info: DurableInfo): Promise<void> {
    const madeAtMs = Date.parse(info.created);
    // Somebody has made it again: on the same stream, or on another.
    if (madeAtMs !== this.#madeAtMs) await this.#compareStream();
    this.#madeAtMs = madeAtMs;
    const before = this.settings;
    this.settings = readGroupSettings(info.config);
    this.#floor = info.ack_floor.stream_seq;
    if (this.settings.ackTimeoutMs !== before.ackTimeoutMs) this.#parts.changed();
  }

  /** Forgets the place on a stream that is no more. */
  async #compareStream(): Promise<void> {
    const { createdMs, lastSequence } = await this.#parts.durables.stream(this.#parts.partition);
    if (createdMs <= this.#madeAtMs && lastSequence >= (this.#floor ?? 0)) return;
    this.#madeAtMs = createdMs;
    this.#floor = undefined;
    this.#parts.replaced();
  }

  /** Behind what the whole group had answered when last looked up: what was answered since then comes again. */
  #lastKnownPlace(): StartPosition {
    return this.#floor === undefined ? "all" : { fromSequence: this.#floor + 1 };
  }

  #tell(error: StationkitError): void {
    if (this.#told.has(error.code)) return;
    this.#told.add(error.code);
    this.#parts.interrupted(error);
  }
}
