/**
 * The words that a message is answered with; `terminate` takes it from the group for good.
 * @see https://docs.nats.io/using-nats/developer/develop_jetstream/model_deep_dive#consumer-acknowledgements
 */
export const ANSWER = { ack: "+ACK", nack: "-NAK", working: "+WPI", terminate: "+TERM" } as const;

const NANOSECONDS = 1_000_000;

export function delayAnswer(delayMs: number): string {
  return `-NAK {"delay": ${delayMs * NANOSECONDS}}`;
}
