import { once } from "node:events";
import { connect } from "@stationkit/core-protocol";
import { createConsumer } from "@stationkit/consumer";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer } from "@stationkit/producer";
import { createStationAdmin } from "@stationkit/station-admin";

await using server = await startNats();
await using connection = await connect({ servers: server.url });
const consumer = await createConsumer(connection, {
  stationName: "orders",
  consumerName: "shipping-1",
  consumerGroup: "shipping",
  maxDeliveries: 2,
});
const progress = new EventTarget();
const customers = new Set<string>();
const failures: string[] = [];
consumer.on("handler-failed", (error, message) => {
  failures.push(`${message.deliveries}: ${(error as Error).message}`);
});
consumer.on("message-dead-lettered", ({ cause, reason, dlsStation }) => {
  console.log(`${cause}: ${reason}; see ${dlsStation}`); // max-deliveries: delivered 2 times, and never acknowledged; see orders.dls
  progress.dispatchEvent(new Event("buried"));
});
consumer.on("message", async (message) => {
  if (!customers.has(message.text())) throw new Error("unknown customer");
  await message.ack();
  progress.dispatchEvent(new Event("shipped"));
});

const buried = once(progress, "buried");
const producer = await createProducer(connection, { stationName: "orders", producerName: "checkout" });
await producer.produce({ message: "Ada" });
await buried;
console.log(failures.join(", ")); // 1: unknown customer, 2: unknown customer

customers.add("Ada");
const shipped = once(progress, "shipped");
const letters = createStationAdmin(connection).deadLetters("orders");
for await (const letter of letters.list({ consumerGroup: "shipping" })) {
  console.log(letter.partition, letter.sequence, letter.deliveries); // 1 1 3
  await letters.resend(letter); // to this group alone; or letters.drop(letter)
}
await shipped;

await producer.close();
await consumer.close();
