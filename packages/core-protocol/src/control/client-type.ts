import { BrokerError } from "../errors/broker-errors.js";

/** What a producer or consumer says it is. */
export type ClientType = "application" | "connector";

/** @throws {BrokerError} for a client of another kind than the two that Memphis knows. @see memphis-protocol.md section 3.3 */
export function requireClientType(kind: "producer" | "consumer", value: string): ClientType {
  if (value === "application" || value === "connector") return value;
  throw new BrokerError(`${kind} type must be application or connector, not ${JSON.stringify(value)}`);
}
