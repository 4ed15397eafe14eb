import { type AckClock, OVERDUE_TICKS } from "../ack-clock.js";
import type { AnswerWriter } from "../answer-writer.js";
import type { Durables } from "../durables.js";
import type { StationMessage } from "../station-message.js";
import { PartitionHold } from "./partition-hold.js";

/** What a hold does with the reader of its partition. */
export interface HeldReader {
  readonly partition: number;
  readonly window: { readonly asked: number };
  ask(messages: number, options: { readonly expiresMs: number; readonly noWait: boolean }): void;
  pull(): void;
  keepAlive(): void;
  /** Gives back the room of a message that is not handed out. */
  release(message: StationMessage): void;
  deliver(message: StationMessage): void;
}

/** What a hold does with the member that it is of. */
export interface HoldHost<Reader> {
  readonly durables: Durables;
  readonly writer: Pick<AnswerWriter, "flush">;
  readonly clock: Pick<AckClock, "tick" | "ackTimeoutMs">;
  giveBack(reader: Reader): void;
  assigned(reader: Reader): void;
  revoked(reader: Reader): void;
}

/** Only what is there: how long it may wait does not matter then. */
const AT_ONCE = { expiresMs: 1, noWait: true };

/** Puts the reader of a partition of an exclusive group under a hold. */
export function holdPartition<Reader extends HeldReader>(reader: Reader, host: HoldHost<Reader>): PartitionHold {
  const { partition } = reader;
  return new PartitionHold({
    get ackTimeoutMs() {
      return host.clock.ackTimeoutMs;
    },
    get asked() {
      return reader.window.asked;
    },
    isOverdue: (message) => host.clock.tick - message.tick >= OVERDUE_TICKS,
    info: () => host.durables.info(partition),
    ask: (messages) => {
      reader.ask(messages, AT_ONCE);
    },
    pull: () => {
      reader.pull();
    },
    keepAlive: () => {
      reader.keepAlive();
    },
    deliver: (message) => {
      reader.deliver(message);
    },
    drop: (message) => {
      reader.release(message);
    },
    giveBack: () => {
      host.giveBack(reader);
    },
    unpin: (pinId) => {
      // The next member waits for the answers to what was delivered here.
      host.writer.flush();
      return host.durables.unpin(partition, pinId).catch(() => undefined);
    },
    assigned: () => {
      host.assigned(reader);
    },
    revoked: () => {
      host.revoked(reader);
    },
  });
}
