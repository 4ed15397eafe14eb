/** Ticks in the time that a message may go unanswered. */
const TICKS_PER_ACK_TIMEOUT = 8;
/** A message that has waited here for so long gets its whole time again when it is handed out. */
export const RENEW_AT_HAND_OUT_TICKS = 1;
/** A message that waits on is kept from being delivered again. */
export const RENEW_WAITING_TICKS = 3;
/** When the server surely has delivered a message again, or may do so at any moment. */
export const FORGET_TICKS: number = TICKS_PER_ACK_TIMEOUT + 2;

/** Coarse time, so that a message need not look at a clock: eight ticks in the time that the server waits for an answer. */
export class AckClock {
  tick = 0;
  readonly #intervalMs: number;
  readonly #onTick: (tick: number) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(ackTimeoutMs: number, onTick: (tick: number) => void) {
    this.#intervalMs = Math.max(10, Math.floor(ackTimeoutMs / TICKS_PER_ACK_TIMEOUT));
    this.#onTick = onTick;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      this.#onTick(++this.tick);
    }, this.#intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
