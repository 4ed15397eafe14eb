import { type Connection, parseStationName, type StationName, type StreamName } from "@stationkit/core-protocol";
import { type Delivered, readPartition } from "./read-partition.js";
import type { StoredMessage } from "./stored-message.js";

interface StreamNames {
  readonly streams: readonly string[] | null;
  readonly total: number;
}

/** Hands over everything that a station holds, partition by partition, each in the order of its sequences; nothing is kept. */
export async function visitStation(
  connection: Connection,
  station: string,
  visit: (partition: number, message: Delivered) => void,
): Promise<void> {
  for (const [partition, stream] of await partitionsOf(connection, parseStationName(station))) {
    await readPartition(connection, stream, (message) => {
      visit(partition, message);
    });
  }
}

/** Everything that a station holds, read from the server, in order per partition. For tests with few messages. */
export async function readStation(connection: Connection, station: string): Promise<StoredMessage[]> {
  const messages: StoredMessage[] = [];
  await visitStation(connection, station, (partition, { sequence, bytes, headers }) => {
    messages.push({ partition, sequence, bytes, text: Buffer.from(bytes).toString("utf8"), headers: headers() });
  });
  return messages;
}

/** As the server lists them: what a station is said to have is not believed here. */
async function partitionsOf(connection: Connection, station: StationName): Promise<(readonly [number, StreamName])[]> {
  const prefix = `${station.replaceAll(".", "#")}$`;
  const names: string[] = [];
  for (let total = 1; names.length < total;) {
    const page = await connection.jetStream.request<StreamNames>("STREAM.NAMES", { offset: names.length });
    if (page.streams === null || page.streams.length === 0) break;
    names.push(...page.streams);
    ({ total } = page);
  }
  return names
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => [Number(name.slice(prefix.length)), name as StreamName] as const)
    .sort(([a], [b]) => a - b);
}
