/** Ticks in the time that a message may go unanswered. */
const TICKS_PER_ACK_TIMEOUT = 8;
/** A message that has waited here for so long gets its whole time again when it is handed out. */
export const RENEW_AT_HAND_OUT_TICKS = 1;
/** A message that waits on is kept from being delivered again. */
export const RENEW_WAITING_TICKS = 3;
/** When the server may have delivered a message again: its time began before it came here, and a tick is coarse. */
export const OVERDUE_TICKS: number = TICKS_PER_ACK_TIMEOUT - 1;
/** When the server surely has delivered a message again, or may do so at any moment. */
export const FORGET_TICKS: number = TICKS_PER_ACK_TIMEOUT + 2;

/** Coarse time, so that a message need not look at a clock: eight ticks in the time that the server waits for an answer. */
export class AckClock {
  tick = 0;
  #ackTimeoutMs: number;
  readonly #onTick: (tick: number) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(ackTimeoutMs: number, onTick: (tick: number) => void) {
    this.#ackTimeoutMs = ackTimeoutMs;
    this.#onTick = onTick;
  }

  get ackTimeoutMs(): number {
    return this.#ackTimeoutMs;
  }

  /** The server waits for so long from now on, also for answers to what it has delivered before. */
  follow(ackTimeoutMs: number): void {
    if (ackTimeoutMs === this.#ackTimeoutMs) return;
    this.#ackTimeoutMs = ackTimeoutMs;
    if (this.#timer === undefined) return;
    this.stop();
    this.start();
  }

  start(): void {
    const intervalMs = Math.max(10, Math.floor(this.#ackTimeoutMs / TICKS_PER_ACK_TIMEOUT));
    this.#timer ??= setInterval(() => {
      this.#onTick(++this.tick);
    }, intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
