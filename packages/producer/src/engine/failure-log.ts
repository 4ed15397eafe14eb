import { DeliveryError } from "../producer-errors.js";
import type { DeliveryFailure } from "../producer.js";

const MAX_FAILURES = 1_000;

/** The failures since the last flush, bounded: beyond 1,000, or beyond `maxBytes` of payload, they are only counted. */
export class FailureLog {
  readonly #maxBytes: number;
  #failures: DeliveryFailure[] = [];
  #bytes = 0;
  #count = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(failure: DeliveryFailure, sizeBytes: number): void {
    this.#count++;
    if (this.#failures.length >= MAX_FAILURES || this.#bytes >= this.#maxBytes) return;
    this.#bytes += sizeBytes;
    this.#failures.push(failure);
  }

  /** Empties the log. @throws {DeliveryError} when there was anything in it. */
  throwIfAny(): void {
    if (this.#count === 0) return;
    const error = new DeliveryError(this.#failures, this.#count);
    this.#failures = [];
    this.#bytes = 0;
    this.#count = 0;
    throw error;
  }
}
