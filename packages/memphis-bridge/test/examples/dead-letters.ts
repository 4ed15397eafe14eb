import { once } from "node:events";
import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { serveMemphis } from "@stationkit/memphis-bridge";
import { createStationAdmin } from "@stationkit/station-admin";
import { createMemphisInstance } from "memphis-dev";

await using server = await startNats();
await using connection = await connect({ servers: server.url });
await using bridge = await serveMemphis(connection);
const stored = new EventTarget();
bridge.on("dead-letter-stored", ({ station, sequence, group, reason, dlsStation }) => {
  console.log(station, sequence, group, reason, dlsStation); // orders 1 billing no such customer orders.dls
  stored.dispatchEvent(new Event("letter"));
});
const letter = once(stored, "letter");

const memphis = await createMemphisInstance().connect({
  host: "127.0.0.1",
  port: server.port,
  username: "root",
  password: "memphis",
  suppressLogs: true,
});
await memphis.produce({ stationName: "orders", producerName: "checkout", message: "order 1", asyncProduce: false });
const consumer = await memphis.consumer({ stationName: "orders", consumerName: "billing" });
for (const message of await consumer.fetch({ batchSize: 1 })) message.deadLetter("no such customer");
await letter;

// Later, by whoever has mended what was wrong: the group is sent it again.
const letters = createStationAdmin(connection).deadLetters("orders");
for await (const one of letters.list()) await letters.resend(one);
for (const message of await consumer.fetch({ batchSize: 1 })) {
  console.log(Buffer.from(message.getData()).toString()); // order 1
  message.ack();
}
await memphis.close();
