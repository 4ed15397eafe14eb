import { type DurableInfo, PIN_TIMEOUT_MS, PRIORITY_GROUP } from "../durable-config.js";
import type { NatsMessage, StationMessage } from "../station-message.js";

/** What a hold does with its partition. */
export interface HeldPartition {
  readonly ackTimeoutMs: number;
  /** Messages that were asked for and have not come. */
  readonly asked: number;
  /** The time for its answer is over, or nearly: another member may have been sent the message, and have answered it. */
  isOverdue(message: StationMessage): boolean;
  /** @returns undefined when the durable is gone. */
  info(): Promise<DurableInfo | undefined>;
  /** Asks for what is there at once, at most so many. */
  ask(messages: number): void;
  /** Asks for as much as there is room for. */
  pull(): void;
  /** Tells the server that the hold goes on, without asking for anything. */
  keepAlive(): void;
  deliver(message: StationMessage): void;
  /** The message is nobody's turn any more: a newer delivery of it is here. It gives its room back. */
  drop(message: StationMessage): void;
  /** Gives back all that nobody has in hand. */
  giveBack(): void;
  /** Gives the partition up, if it is held under this id. Never rejects: the server takes it back after a while anyway. */
  unpin(pinId: string): Promise<void>;
  assigned(): void;
  revoked(): void;
}

/**
 * `away`: another member is to hold it. `waiting`: this one is, and the server has not given it the partition. `catching-up`: it has, but
 * messages of the holder before are still unanswered. `holding`: messages are handed out.
 */
type State = "away" | "waiting" | "catching-up" | "holding";

const PIN_HEADER = "Nats-Pin-Id";
const LOOK_INTERVAL_MS = 100;
/** The server needs a moment to put a message whose time is over into line. */
const ACK_TIMEOUT_SLACK_MS = 250;
const MAX_ASKED = 1_000;
const KEEP_ALIVE_MS = PIN_TIMEOUT_MS / 4;

/**
 * One member's hold of one partition. The server gives a partition to one member at a time: it "pins" whoever asks first, until it is
 * silent for ten seconds or lets go. A message that the holder before has left unanswered comes again only when its time is over, so that
 * newer ones must wait for it: they are kept until every unanswered message of the group is here, and then handed out in order.
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-42.md
 */
export class PartitionHold {
  readonly #partition: HeldPartition;
  /** The newest delivery of each message that is here and unanswered, by sequence; also of some that others have answered since. */
  readonly #open = new Map<number, StationMessage>();
  readonly #kept: StationMessage[] = [];
  #state: State = "away";
  #pinId: string | undefined;
  #askedAt = 0;
  #arrivals = 0;
  /** Tells one time of catching up from the next. */
  #round = 0;
  #handingBack: Promise<unknown> = Promise.resolve();

  constructor(partition: HeldPartition) {
    this.#partition = partition;
  }

  get isHolding(): boolean {
    return this.#state === "holding";
  }

  /** Whether to ask for messages, and with what: one at first, which brings the hold with it. */
  get demand(): "none" | "one" | "window" {
    if (this.#state === "holding") return "window";
    return this.#state === "waiting" ? "one" : "none";
  }

  /** Goes into every request of the partition. */
  requestFields(): { readonly group: string; readonly id?: string } {
    this.#askedAt = performance.now();
    return { group: PRIORITY_GROUP, ...(this.#pinId !== undefined && { id: this.#pinId }) };
  }

  /** This member is to hold the partition. */
  want(): void {
    if (this.#state !== "away") return;
    this.#state = "waiting";
    this.#partition.pull();
  }

  /**
   * Another member is to hold the partition, or nobody here wants messages: what is in hand may be answered, the rest is given back.
   * Resolves when others may have it, also where an earlier call began that.
   */
  async letGo(): Promise<void> {
    if (this.#state !== "away") {
      const pinId = this.#pinId;
      this.#leave("away");
      this.#handBack(pinId);
    }
    await this.#handingBack;
  }

  /** The server has given the partition to another member. */
  lost(): void {
    if (this.#state === "away") return;
    this.#leave("waiting");
    this.#partition.giveBack();
    this.#partition.pull();
  }

  /** The connection was made anew: messages may have been lost on the way, so newer ones wait for them as after another holder. */
  reconnected(): void {
    if (this.#pinId === undefined) return;
    if (this.#state === "holding") this.#partition.revoked();
    void this.#catchUp();
  }

  /** Called every second or so. */
  tick(): void {
    if (this.#pinId === undefined || performance.now() - this.#askedAt < KEEP_ALIVE_MS) return;
    this.#partition.keepAlive();
  }

  /** A message has come. */
  arrive(message: StationMessage, natsMessage: NatsMessage): void {
    this.#arrivals++;
    this.#open.set(message.sequence, message);
    if (this.#state === "away") {
      // Asked for before another member was to hold the partition.
      this.#kept.push(message);
      this.#handBack(natsMessage.headers?.get(PIN_HEADER));
      return;
    }
    if (this.#pinId === undefined) {
      this.#pinId = natsMessage.headers?.get(PIN_HEADER);
      void this.#catchUp();
    }
    if (this.#state === "holding") this.#partition.deliver(message);
    else this.#kept.push(message);
  }

  answered(message: StationMessage): void {
    if (this.#open.get(message.sequence) === message) this.#open.delete(message.sequence);
  }

  /** What waits for older messages. */
  get kept(): readonly StationMessage[] {
    return this.#kept;
  }

  /** Takes out what waits for older messages. */
  takeKept(): readonly StationMessage[] {
    return this.#kept.splice(0);
  }

  #handBack(pinId: string | undefined): void {
    this.#handingBack = Promise.all([this.#handingBack, this.#unpinAndGiveBack(pinId)]);
  }

  /** The server lets another member have the partition: first, so that what is given back is not sent here again. */
  async #unpinAndGiveBack(pinId: string | undefined): Promise<void> {
    const round = this.#round;
    if (pinId !== undefined) await this.#partition.unpin(pinId);
    // Held anew meanwhile: what is here is handed out, older messages first, and given back it would come behind newer ones.
    if (round === this.#round) this.#partition.giveBack();
  }

  #leave(state: State): void {
    const wasHolding = this.#state === "holding";
    this.#state = state;
    this.#pinId = undefined;
    this.#round++;
    if (wasHolding) this.#partition.revoked();
  }

  /** Hands out what has come when all that the group has not answered is here. */
  async #catchUp(): Promise<void> {
    this.#state = "catching-up";
    const round = ++this.#round;
    const startedAt = performance.now();
    this.#forgetOverdue();
    let hasAsked = false;
    for (;;) {
      const others = await this.#countElsewhere();
      if (round !== this.#round) return;
      if (others === 0) break;
      const isOverdue = performance.now() - startedAt > this.#partition.ackTimeoutMs + ACK_TIMEOUT_SLACK_MS;
      // At once, for messages that were given back; then not before those that were not have run out of time, since newer ones would come.
      if (others !== undefined && this.#partition.asked === 0 && (isOverdue || !hasAsked)) {
        hasAsked = true;
        this.#partition.ask(Math.min(others, MAX_ASKED));
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS).unref());
      if (round !== this.#round) return;
    }
    this.#state = "holding";
    this.#partition.assigned();
    for (const message of this.#kept.splice(0).sort((a, b) => a.sequence - b.sequence)) {
      if (this.#open.get(message.sequence) === message) this.#partition.deliver(message);
      else this.#partition.drop(message);
    }
    this.#partition.pull();
  }

  /** What is forgotten too early is only waited for: it is answered, or comes again. */
  #forgetOverdue(): void {
    for (const [sequence, message] of this.#open) {
      if (this.#partition.isOverdue(message) && !this.#kept.includes(message)) this.#open.delete(sequence);
    }
  }

  /** How many unanswered messages of the group are not here; undefined when that cannot be told, as messages are on their way. */
  async #countElsewhere(): Promise<number | undefined> {
    if (this.#partition.asked > 0) return undefined;
    const arrivals = this.#arrivals;
    try {
      const info = await this.#partition.info();
      if (info === undefined || arrivals !== this.#arrivals || this.#partition.asked > 0) return undefined;
      return Math.max(0, info.num_ack_pending - this.#open.size);
    } catch {
      // No answer for now: asked again soon.
      return undefined;
    }
  }
}
