import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { kafkaPartitioner } from "@stationkit/partitioner";
import { createProducer } from "@stationkit/producer";

interface Order {
  readonly id: number;
  readonly cents: number;
}

await using server = await startNats();
await using connection = await connect({ servers: server.url });
const producer = await createProducer(connection, {
  stationName: "orders",
  producerName: "checkout",
  station: { partitions: 3 },
  partitioner: kafkaPartitioner(),
  serializer: ({ id, cents }: Order) => Buffer.from(Uint32Array.of(id, cents).buffer),
});

const { partition } = await producer.produce({ message: { id: 1, cents: 995 }, partitionKey: "user-1" });
console.log(producer.partitions.includes(partition)); // true

await producer.close();
