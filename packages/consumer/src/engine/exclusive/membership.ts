import { randomBytes } from "node:crypto";
import { type Connection, type ConsumerGroupName, type StationName, toInternalName } from "@stationkit/core-protocol";

const PRESENCE_INTERVAL_MS = 1_000;
/** A member that is not heard of for so long is gone; one whose process is busy is not. */
const ABSENT_AFTER_MS = 6_000;
/** How long a new member listens before it believes that it knows the others. */
const SETTLE_MS = 300;

/** What members tell each other. */
interface Presence {
  readonly member: string;
  /** `hello`: tell me of you; `bye`: I am gone. */
  readonly type: "hello" | "here" | "bye";
}

/** Who else reads the group: members tell each other, without any place where it is written down. The server decides who holds what. */
export class Membership {
  readonly id: string = randomBytes(9).toString("base64url");
  readonly #connection: Connection;
  readonly #subject: string;
  readonly #onChange: (members: readonly string[]) => void;
  readonly #lastHeardAt = new Map<string, number>();
  #subscription: { unsubscribe(): void } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #settling: NodeJS.Timeout | undefined;
  #isSettled = false;

  /** @param onChange - gets all members, this one included. */
  constructor(
    connection: Connection,
    place: { readonly station: StationName; readonly group: ConsumerGroupName },
    onChange: (members: readonly string[]) => void,
  ) {
    this.#connection = connection;
    this.#subject = `stationkit.members.${toInternalName(place.station)}.${toInternalName(place.group)}`;
    this.#onChange = onChange;
  }

  join(): void {
    if (this.#subscription !== undefined) return;
    this.#subscription = this.#connection.natsConnection.subscribe(this.#subject, {
      callback: (error: unknown, message) => {
        if (!(error instanceof Error)) this.#hear(message.data);
      },
    });
    this.#tell("hello");
    this.#timer = setInterval(() => {
      this.#tell("here");
      this.#forgetAbsent();
    }, PRESENCE_INTERVAL_MS).unref();
    this.#settling = setTimeout(() => {
      this.#isSettled = true;
      this.#changed();
    }, SETTLE_MS).unref();
  }

  leave(): void {
    if (this.#subscription === undefined) return;
    clearInterval(this.#timer);
    clearTimeout(this.#settling);
    if (!this.#connection.natsConnection.isClosed()) {
      this.#tell("bye");
      this.#subscription.unsubscribe();
    }
    this.#subscription = undefined;
    this.#isSettled = false;
    this.#lastHeardAt.clear();
  }

  #hear(data: Uint8Array): void {
    const presence = tryParse(data);
    if (presence === undefined || presence.member === this.id) return;
    const isNew = !this.#lastHeardAt.has(presence.member);
    if (presence.type === "bye") this.#lastHeardAt.delete(presence.member);
    else this.#lastHeardAt.set(presence.member, performance.now());
    if (presence.type === "hello") this.#tell("here");
    if (isNew !== (presence.type === "bye")) this.#changed();
  }

  #forgetAbsent(): void {
    const before = this.#lastHeardAt.size;
    for (const [member, at] of this.#lastHeardAt) {
      if (performance.now() - at > ABSENT_AFTER_MS) this.#lastHeardAt.delete(member);
    }
    if (this.#lastHeardAt.size !== before) this.#changed();
  }

  #changed(): void {
    if (this.#isSettled) this.#onChange([this.id, ...this.#lastHeardAt.keys()]);
  }

  #tell(type: Presence["type"]): void {
    try {
      const presence: Presence = { member: this.id, type };
      this.#connection.outbound.publishBare(this.#subject, Buffer.from(JSON.stringify(presence)));
    } catch {
      // No connection: nobody hears it, and after a while the others go on without this member.
    }
  }
}

function tryParse(data: Uint8Array): Presence | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(data).toString());
    return typeof value === "object" && value !== null && "member" in value && "type" in value
      ? (value as Presence)
      : undefined;
  } catch {
    // Somebody else uses the subject.
    return undefined;
  }
}
