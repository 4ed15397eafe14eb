import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer, MultiStationError } from "@stationkit/producer";
import { createStationAdmin } from "@stationkit/station-admin";

await using server = await startNats();
await using connection = await connect({ servers: server.url });
const producer = await createProducer(connection, { stationName: ["orders", "audit"], producerName: "checkout" });

const acks = await producer.produce({ message: { id: 1 }, asyncProduce: false });
console.log(acks.map(({ station, sequence }) => `${station} ${sequence}`).join(", ")); // orders 1, audit 1

await createStationAdmin(connection).destroy("audit");
try {
  await producer.produce({ message: { id: 2 }, asyncProduce: false });
} catch (error) {
  if (!(error instanceof MultiStationError)) throw error;
  console.log(error.acknowledged.map(({ station }) => station).join()); // orders
  console.log(error.failed.map((failure) => `${failure.station} ${failure.error.code}`).join()); // audit SK_STATION_NOT_FOUND
}

await producer.close().catch(() => undefined); // repeats what the event and the rejection have told already
