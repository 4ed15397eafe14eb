import { connect } from "@stationkit/core-protocol";
import { createConsumer } from "@stationkit/consumer";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer } from "@stationkit/producer";

await using server = await startNats();
await using connection = await connect({ servers: server.url });
const producer = await createProducer(connection, { stationName: "orders", producerName: "checkout" });
await producer.produce({ message: { id: 1 }, asyncProduce: false });

const consumer = await createConsumer(connection, {
  stationName: "orders",
  consumerName: "billing-1",
  consumerGroup: "billing",
});
for await (const message of consumer) {
  console.log(message.partition, message.sequence, message.text()); // 1 1 {"id":1}
  await message.ack();
  break; // or go on for ever
}

await consumer.close();
await producer.close();
