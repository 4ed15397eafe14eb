import { type Connection, type ConsumerGroupName, HEADER, type StationName } from "@stationkit/core-protocol";
import { dlsQueueGroup, dlsSubject } from "@stationkit/core-protocol/control";
import type { MemphisClient } from "@stationkit/station-admin/memphis";
import { ANSWER } from "./answers.js";
import { type MessageOwner, type NatsMessage, StationMessage } from "./station-message.js";

/** Who takes what was sent again. */
export interface ResentTaker {
  /** Messages of this member that wait for someone to read them. */
  readonly waiting: number;
  deliver(message: StationMessage): void;
}

/** Begins to listen. @returns how to stop. */
export type OpenResent = (taker: ResentTaker) => () => void;

/** Whose messages they are. */
export interface ResentPlace {
  readonly connection: Connection;
  readonly client: MemphisClient;
  readonly station: StationName;
  readonly group: ConsumerGroupName;
}

/** As the official SDKs keep at most; what comes beyond stays in the broker's store, to be sent again. */
const MAX_WAITING = 10_000;

/**
 * Messages that a Memphis broker sends again out of its dead-letter store. They come by core NATS, to one member of the group, and are not
 * delivered again by themselves: what is not acknowledged stays in the store. Which partition and sequence they had is not told.
 * @see memphis-protocol.md section 9.4
 */
export class ResentMessages implements MessageOwner {
  readonly station: string;
  /** No partition. */
  readonly partition = 0;
  readonly #place: ResentPlace;
  readonly #taker: ResentTaker;

  constructor(place: ResentPlace, taker: ResentTaker) {
    this.station = place.station;
    this.#place = place;
    this.#taker = taker;
  }

  /** In the queue group of memphis.js; memphis.go and memphis.py have another, so that members of mixed languages get a copy each. */
  open(): () => void {
    const { connection, station, group } = this.#place;
    const { natsConnection } = connection;
    const subscription = natsConnection.subscribe(dlsSubject(station, group), {
      queue: dlsQueueGroup(station, group),
      callback: (error, message) => {
        if (error === null) this.#arrive(message);
      },
    });
    // Rejects when the login may not listen: then nothing is sent again.
    void subscription.closed.catch(() => undefined);
    return () => {
      if (!natsConnection.isClosed()) subscription.unsubscribe();
    };
  }

  /** Only an acknowledgement has a meaning to the broker. */
  write(message: StationMessage, word: string): boolean {
    // Lost with the connection, the message stays in the store.
    if (word === ANSWER.ack) this.confirm(message).catch(() => undefined);
    return true;
  }

  async confirm(message: StationMessage): Promise<void> {
    const id = Number(one(message, HEADER.memphisPoisonId));
    if (!Number.isSafeInteger(id)) return;
    await this.#place.client.acknowledgeResent({ id, groupName: one(message, HEADER.memphisPoisonGroup) });
  }

  /** It is in the dead-letter store already. */
  bury(message: StationMessage): Promise<void> {
    message.terminate();
    return Promise.resolve();
  }

  // It takes no room in a window, and no time of the group's runs out for it.
  answered(): void {
    return undefined;
  }
  renewed(): void {
    return undefined;
  }

  /** It would be gone: it is no message of a stream. */
  mayGiveBack(): boolean {
    return false;
  }

  handOut(): void {
    return undefined;
  }
  release(): void {
    return undefined;
  }

  #arrive(natsMessage: NatsMessage): void {
    if (this.#taker.waiting >= MAX_WAITING) return;
    this.#taker.deliver(new StationMessage(this, natsMessage, Number.MAX_SAFE_INTEGER));
  }
}

function one(message: StationMessage, name: string): string {
  const value = message.headers[name] ?? "";
  return typeof value === "string" ? value : (value[0] ?? "");
}
