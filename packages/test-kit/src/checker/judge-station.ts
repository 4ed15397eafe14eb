import type { Connection } from "@stationkit/core-protocol";
import { visitStation } from "../stored/read-station.js";
import { Audit, type AuditOptions } from "./audit.js";
import type { Ledger } from "./ledger.js";
import type { Verdict } from "./verdict.js";

/**
 * Reads a station from the server and compares it with what its caller heard.
 * @param connection - one that no fault touches any more.
 */
export async function judgeStation(
  connection: Connection,
  station: string,
  ledger: Ledger,
  options?: AuditOptions,
): Promise<Verdict> {
  const audit = new Audit(ledger, options);
  await visitStation(connection, station, (partition, { sequence, bytes }) => {
    audit.add({ index: parseIndex(bytes), partition, sequence });
  });
  return audit.verdict();
}

const ZERO = 48;
const NINE = 57;
const BLANK = 32;

/** The text of message `index`: the number, and after a blank whatever makes it long enough. */
export function indexText(index: number, paddingLength = 0): string {
  return paddingLength === 0 ? String(index) : `${index} ${"x".repeat(paddingLength)}`;
}

/** The number that a text of `indexText` begins with; undefined when it begins with none. */
export function parseIndex(bytes: Uint8Array): number | undefined {
  let index = 0;
  for (const [i, byte] of bytes.entries()) {
    if (byte === BLANK && i > 0) return index;
    if (byte < ZERO || byte > NINE) return undefined;
    index = index * 10 + (byte - ZERO);
  }
  return bytes.length === 0 ? undefined : index;
}
