import { startNats } from "@stationkit/embedded-nats";
import { createMemphisInstance } from "@stationkit/memphis-compat";
import { createProducer } from "@stationkit/producer";

await using server = await startNats();
const memphis = createMemphisInstance();
await memphis.connect({ host: "127.0.0.1", port: server.port, username: "root", password: "memphis" });
const consumer = await memphis.consumer({ stationName: "orders", consumerName: "billing" }); // still as it was

const producer = await createProducer(memphis.connection, { stationName: "orders", producerName: "checkout" }); // moved
const ack = await producer.produce({ message: { id: 1 }, asyncProduce: false });
console.log(ack.partition, ack.sequence); // 1 1

const [message] = await consumer.fetch({ batchSize: 1 });
console.log(message?.getSequenceNumber()); // 1
message?.ack();
await memphis.close();
