import { connect } from "@stationkit/core-protocol";
import { createConsumer } from "@stationkit/consumer";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer } from "@stationkit/producer";

interface Order {
  readonly id: number;
  readonly cents: number;
}

function readOrder(data: Uint8Array): Order {
  if (data.length !== 8) throw new Error(`an order has 8 bytes, not ${data.length}`);
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  return { id: view.getUint32(0), cents: view.getUint32(4) };
}

await using server = await startNats();
await using connection = await connect({ servers: server.url });
const producer = await createProducer(connection, { stationName: "orders", producerName: "checkout" });
await producer.produce({ message: "no order!", asyncProduce: false });
await producer.produce({ message: Buffer.from([0, 0, 0, 1, 0, 0, 3, 227]), asyncProduce: false });

const consumer = await createConsumer<Order>(connection, {
  stationName: "orders",
  consumerName: "audit",
  deserializer: readOrder,
});
consumer.on("message-undecodable", ({ partition, sequence, cause }) => {
  console.log(partition, sequence, (cause as Error).message); // 1 1 an order has 8 bytes, not 9
});
for await (const message of consumer) {
  console.log(message.value.id, message.value.cents); // 1 995
  await message.ack();
  break;
}

await consumer.close();
await producer.close();
