import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { serveMemphis } from "@stationkit/memphis-bridge";
import { createMemphisInstance } from "memphis-dev";

await using server = await startNats(); // or a NATS server that is there
await using connection = await connect({ servers: server.url });
await using bridge = await serveMemphis(connection);
bridge.on("failed", (error) => {
  console.error(error.message);
});

const memphis = await createMemphisInstance().connect({
  host: "127.0.0.1",
  port: server.port,
  username: "root",
  password: "memphis",
  suppressLogs: true,
});
await memphis.produce({ stationName: "orders", producerName: "checkout", message: { id: 1 }, asyncProduce: false });
const messages = await memphis.fetchMessages({ stationName: "orders", consumerName: "billing" });
for (const message of messages) {
  console.log(JSON.stringify(message.getDataAsJson())); // {"id":1}
  message.ack();
}
await memphis.close();
