import type { Connection, ConsumerGroupName, StationName } from "@stationkit/core-protocol";
import { assignPartitions } from "./assignment.js";
import { Membership } from "./membership.js";
import type { PartitionHold } from "./partition-hold.js";

const TICK_MS = 1_000;

/** Whose partitions are to be coordinated. */
export interface CoordinatorParts {
  readonly connection: Connection;
  readonly station: StationName;
  readonly group: ConsumerGroupName;
  /** The holds of all partitions that are read now, by number. */
  readonly holds: () => ReadonlyMap<number, PartitionHold>;
  /** This member reads some partitions only: it wants all of these, whoever else there is. */
  readonly wantsAll: boolean;
}

/** Shares the partitions out among the members that there are. Members may disagree for a while: the server lets one have each. */
export class Coordinator {
  readonly #parts: CoordinatorParts;
  readonly #membership: Membership;
  #members: readonly string[] | undefined;
  /** Of a member that has joined. */
  #timer: NodeJS.Timeout | undefined;
  #leaving: Promise<void> | undefined;

  constructor(parts: CoordinatorParts) {
    this.#parts = parts;
    this.#membership = new Membership(parts.connection, parts, (members) => {
      this.#members = members;
      this.share();
    });
  }

  /** While an earlier time is being left, nothing is held before that has ended. */
  join(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => {
      for (const hold of this.#parts.holds().values()) hold.tick();
    }, TICK_MS).unref();
    if (this.#parts.wantsAll) this.share();
    else this.#membership.join();
  }

  /** Resolves when others may have the partitions, also where an earlier call began that. */
  leave(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    return (this.#leaving ??= this.#leave());
  }

  /** Members or partitions have changed. */
  share(): void {
    if (this.#timer === undefined || this.#leaving !== undefined) return;
    const holds = this.#parts.holds();
    if (this.#parts.wantsAll) for (const hold of holds.values()) hold.want();
    if (this.#members === undefined) return;
    const assigned = assignPartitions(
      [...holds.keys()].sort((a, b) => a - b),
      [...this.#members].sort(),
    );
    for (const [partition, hold] of holds) {
      if (assigned.get(partition) === this.#membership.id) hold.want();
      else void hold.letGo();
    }
  }

  async #leave(): Promise<void> {
    await Promise.all([...this.#parts.holds().values()].map((hold) => hold.letGo()));
    this.#leaving = undefined;
    if (this.#timer !== undefined) {
      // Joined again meanwhile, the others have not heard of this, and need not.
      this.share();
      return;
    }
    this.#members = undefined;
    this.#membership.leave();
  }
}
