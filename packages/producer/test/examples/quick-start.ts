import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer } from "@stationkit/producer";

await using server = await startNats();
await using connection = await connect({ servers: server.url });
const producer = await createProducer(connection, { stationName: "orders", producerName: "checkout" });

const ack = await producer.produce({ message: { id: 1 }, asyncProduce: false });
console.log(ack.station, ack.partition, ack.sequence); // orders 1 1

const delivery = await producer.produce({ message: "hello" });
console.log((await delivery.acknowledged).sequence); // 2

await producer.close();
