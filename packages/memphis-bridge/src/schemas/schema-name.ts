import { BrokerError } from "@stationkit/core-protocol";

const LEGAL = /^[a-z0-9](?:[a-z0-9_.-]{0,126}[a-z0-9])?$/;

/**
 * Lower-cases and checks a schema's name by the rule of the SDKs. A Memphis broker checks nothing, and then never finds what has an
 * upper-case letter in it.
 * @throws {BrokerError} with the text to answer.
 * @see memphis-protocol.md section 2
 */
export function requireSchemaName(value: string): string {
  const name = value.toLowerCase();
  if (LEGAL.test(name)) return name;
  throw new BrokerError(
    `Schema name refused: ${JSON.stringify(value)} is not 1 to 128 of a-z 0-9 _ - . with a letter or digit at both ends`,
  );
}
