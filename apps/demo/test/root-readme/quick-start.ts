import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer } from "@stationkit/producer";

await using server = await startNats(); // a real nats-server on a free port, gone at the end
await using connection = await connect({ servers: server.url });
const producer = await createProducer(connection, {
  stationName: "orders",
  producerName: "checkout",
  station: { partitions: 4 }, // for a station that is not there yet
});

const ack = await producer.produce({ message: { id: 1 }, partitionKey: "user-1", asyncProduce: false });
console.log(`stored: partition ${ack.partition}, sequence ${ack.sequence}`); // stored: partition 3, sequence 1

for (let id = 2; id <= 1_000; id++) await producer.produce({ message: { id } }); // waits for room, not for the broker
await producer.flush(); // every message is acknowledged now; else this throws, and lists those that are not
