import { type Connection, parseStationName } from "@stationkit/core-protocol";
import type { StationDescription } from "@stationkit/station-admin";
import { Audit, type Verdict } from "./audit.js";
import type { Ledger } from "./ledger.js";
import { MARK_HEADER, tryDecodeMark } from "./record-mark.js";
import { readPartition } from "./station-reader.js";

/** What is to be proven about one station. */
export interface Claim {
  /** The station as it is after the runs. */
  readonly station: StationDescription;
  /** Its runs. */
  readonly ledgers: readonly Ledger[];
  /** Per partition, the last sequence before the first run; what is up to there is not read. */
  readonly before: ReadonlyMap<number, number>;
}

/** Reads what a station holds and compares it with its ledgers. */
export async function verifyStation(
  connection: Connection,
  { station, ledgers, before }: Claim,
  options: { readonly signal: AbortSignal; readonly onRecord: () => void },
): Promise<readonly Verdict[]> {
  const audits = new Map(ledgers.map((ledger) => [ledger.run, new Audit(ledger)]));
  for (const { number, firstSequence, lastSequence } of station.partitions) {
    const from = Math.max(firstSequence, (before.get(number) ?? 0) + 1);
    await readPartition(
      connection,
      { station: parseStationName(station.name), partition: number, from, to: lastSequence },
      {
        signal: options.signal,
        onMessage: (message) => {
          const mark = tryDecodeMark(message.header(MARK_HEADER));
          if (mark === undefined) return;
          const audit = audits.get(mark.run);
          if (audit === undefined) return;
          audit.add({ mark, partition: number, sequence: message.sequence, payload: message.payload });
          options.onRecord();
        },
      },
    );
  }
  return [...audits.values()].map((audit) => audit.verdict());
}

/** Per partition, the last sequence that it has given out. */
export function lastSequences(station: StationDescription): ReadonlyMap<number, number> {
  return new Map(station.partitions.map(({ number, lastSequence }) => [number, lastSequence]));
}
