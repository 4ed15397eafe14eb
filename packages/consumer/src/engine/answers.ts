const encoder = new TextEncoder();

/**
 * The words that a message is answered with; `terminate` takes it from the group for good.
 * @see https://docs.nats.io/using-nats/developer/develop_jetstream/model_deep_dive#consumer-acknowledgements
 */
export const ANSWER: Readonly<Record<"ack" | "nack" | "working" | "terminate", Uint8Array>> = {
  ack: encoder.encode("+ACK"),
  nack: encoder.encode("-NAK"),
  working: encoder.encode("+WPI"),
  terminate: encoder.encode("+TERM"),
};

const NANOSECONDS = 1_000_000;

export function delayAnswer(delayMs: number): Uint8Array {
  return encoder.encode(`-NAK {"delay": ${delayMs * NANOSECONDS}}`);
}
