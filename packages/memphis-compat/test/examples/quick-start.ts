import { startNats } from "@stationkit/embedded-nats";
import { memphis } from "@stationkit/memphis-compat"; // was: from "memphis-dev"

await using server = await startNats(); // or a NATS server that is there

await memphis.connect({ host: "127.0.0.1", port: server.port, username: "root", password: "memphis" });
const producer = await memphis.producer({ stationName: "orders", producerName: "checkout" });
await producer.produce({ message: { id: 1 }, asyncProduce: false });

for (const message of await memphis.fetchMessages({ stationName: "orders", consumerName: "billing" })) {
  console.log(JSON.stringify(message.getDataAsJson())); // {"id":1}
  message.ack();
}
await memphis.close();
