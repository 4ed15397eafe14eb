import { type Connection, finalSubject, HEADER, partitionStream, type StationName } from "@stationkit/core-protocol";
import { createStationAdmin, type Station } from "@stationkit/station-admin";
import type { NewStationOptions } from "../producer-options.js";
import type { Declaration, DeclarationListener, MessageStyle, PartitionAddress } from "./declaration.js";

/** Messages as nats-server wants them. */
export const JETSTREAM_STYLE: MessageStyle = Object.freeze({
  headerLines: "",
  messageIdLines: (msgId: string) => `${HEADER.natsMessageId}: ${msgId}\r\n`,
});

/** Nobody registers producers on plain JetStream: the station has to be there, and is watched. */
export async function declareOnJetStream(
  connection: Connection,
  { name, station: options }: { readonly name: StationName; readonly station: NewStationOptions },
): Promise<Declaration> {
  const admin = createStationAdmin(connection);
  const station = await admin.ensure({ ...options, name });
  const watch = admin.watch(name, { from: station });
  return {
    ...jetStreamDeclaration(station),
    follow(listener: DeclarationListener) {
      watch.on((event) => {
        if (event.type !== "destroyed") listener.station(event.station);
      });
    },
    close() {
      watch.close();
      return Promise.resolve();
    },
  };
}

/** What there is to say of a station that nobody watches. */
export function jetStreamDeclaration(station: Station): Declaration {
  const addresses = new Map<number, PartitionAddress>();
  return {
    station,
    style: JETSTREAM_STYLE,
    schema: undefined,
    schemaFailurePolicy: { deadLetter: false, notify: false },
    address(partition) {
      let address = addresses.get(partition);
      if (address === undefined) {
        const stream = partitionStream(station.name, partition);
        addresses.set(partition, (address = { stream, subject: finalSubject(stream) }));
      }
      return address;
    },
    follow: () => undefined,
    close: () => Promise.resolve(),
  };
}
