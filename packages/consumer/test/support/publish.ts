import { type Connection, finalSubject, parseStationName, partitionStream } from "@stationkit/core-protocol";

/** Stores messages in one partition, in order; resolves when the last is stored. */
export async function publish(
  connection: Connection,
  { station, partition = 1 }: { readonly station: string; readonly partition?: number },
  texts: readonly string[],
): Promise<void> {
  const { natsConnection } = connection;
  const subject = finalSubject(partitionStream(parseStationName(station), partition));
  const burst = 1_000;
  for (let i = 0; i < texts.length; i += burst) {
    const part = texts.slice(i, i + burst);
    for (const text of part.slice(0, -1)) natsConnection.publish(subject, text);
    await natsConnection.request(subject, part.at(-1) ?? "", { timeout: 20_000 });
  }
}

/** `["<prefix>0", "<prefix>1", …]`. */
export function numbered(count: number, prefix = ""): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}
