import { type LaneContext, PartitionLane } from "../partition-lane.js";
import type { PendingMessage } from "../pending-message.js";

/** The ordinary lane beside the batches: what it has, and whether that may be overtaken. */
export class SingleLane {
  readonly lane: PartitionLane;
  readonly #messages = new Set<PendingMessage>();
  #isRecovering = false;

  /** @param onEmpty - called when the last of its messages has ended. */
  constructor(partition: number, context: LaneContext, onEmpty: () => void) {
    const isStrict = (): boolean => this.#isRecovering || context.isStrict;
    this.lane = new PartitionLane(partition, {
      ...context,
      get isStrict() {
        return isStrict();
      },
      settle: (message, result) => {
        this.#messages.delete(message);
        if (this.#messages.size === 0) {
          this.#isRecovering = false;
          onEmpty();
        }
        context.settle(message, result);
      },
    });
  }

  get isEmpty(): boolean {
    return this.#messages.size === 0;
  }

  /** Something in it is being repeated: until it is empty, it sends strictly one message at a time, and nothing goes beside it. */
  get isRecovering(): boolean {
    return this.#isRecovering;
  }

  has(message: PendingMessage): boolean {
    return this.#messages.has(message);
  }

  add(message: PendingMessage): void {
    message.state = "waiting";
    this.#messages.add(message);
    this.lane.add(message);
  }

  /** Takes a message whose batch has ended early. */
  repeat(message: PendingMessage): void {
    if (message.isSettled) return;
    this.#isRecovering = true;
    this.add(message);
  }
}
