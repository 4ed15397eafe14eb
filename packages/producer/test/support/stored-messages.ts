import { type Connection, finalSubject, parseStationName, partitionStream } from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";

/** A message as the server has it. */
export interface StoredMessage {
  readonly partition: number;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly headers: ReadonlyMap<string, string>;
}

/** Everything that a station holds, read from the server, in order per partition. */
export async function readStation(connection: Connection, station: string): Promise<StoredMessage[]> {
  const { partitions } = await createStationAdmin(connection).describe(station);
  const lists = await Promise.all(partitions.map(({ number }) => readPartition(connection, station, number)));
  return lists.flat();
}

async function readPartition(connection: Connection, station: string, partition: number): Promise<StoredMessage[]> {
  const { natsConnection, jetStream, inboxPrefix } = connection;
  const stream = partitionStream(parseStationName(station), partition);
  const inbox = `${inboxPrefix}.read-${partition}-${Math.random().toString(36).slice(2)}`;
  const subscription = natsConnection.subscribe(inbox);
  const { num_pending: count } = await jetStream.request<{ num_pending: number }>(`CONSUMER.CREATE.${stream}`, {
    stream_name: stream,
    config: { deliver_subject: inbox, ack_policy: "none", deliver_policy: "all", filter_subject: finalSubject(stream) },
  });
  const messages: StoredMessage[] = [];
  if (count === 0) subscription.unsubscribe();
  for await (const message of subscription) {
    const headers = new Map([...(message.headers ?? [])].map(([name, values]) => [name, values[0] ?? ""]));
    messages.push({ partition, text: message.string(), bytes: message.data, headers });
    if (messages.length === count) break;
  }
  return messages;
}
