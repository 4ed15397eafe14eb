import { BrokerError } from "../errors/broker-errors.js";
import { InvalidNameError } from "../errors/usage-errors.js";

/**
 * Parses a name out of a peer's request: what is a usage error for our own caller is a refusal for a peer.
 * @param kind - begins the text of the refusal, as with a Memphis broker.
 * @throws {BrokerError} with the text to answer.
 */
export function parseRequestedName<Name>(
  kind: "Station" | "Producer" | "Consumer" | "Consumer group" | "DLS station",
  value: string,
  parse: (value: string) => Name,
): Name {
  try {
    return parse(value);
  } catch (cause) {
    if (!(cause instanceof InvalidNameError)) throw cause;
    throw new BrokerError(`${kind} name refused: ${cause.message}`, {}, { cause });
  }
}
