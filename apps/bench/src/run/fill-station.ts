import { randomBytes } from "node:crypto";
import type { Connection } from "@stationkit/core-protocol";
import { createProducer } from "@stationkit/producer";

/** What readers are to find. */
export interface Filling {
  readonly station: string;
  readonly partitions: number;
  readonly perPartition: number;
  readonly sizeBytes: number;
}

/** Fills a station evenly. Without ids: a server that remembers them would have more memory in use than one that is only read. */
export async function fillStation(connection: Connection, filling: Filling): Promise<void> {
  await using producer = await createProducer(connection, {
    stationName: filling.station,
    producerName: "bench",
    idempotent: false,
  });
  const { failed, failures } = await producer.produceMany(messagesOf(filling));
  if (failed > 0) throw new Error(`${failed} messages could not be stored`, { cause: failures[0]?.error });
}

function* messagesOf({ partitions, perPartition, sizeBytes }: Filling) {
  const message = randomBytes(sizeBytes);
  for (let sent = 0; sent < perPartition; sent++) {
    for (let partitionNumber = 1; partitionNumber <= partitions; partitionNumber++) yield { message, partitionNumber };
  }
}
