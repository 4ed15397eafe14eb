import { connect } from "@stationkit/core-protocol";
import { createConsumer } from "@stationkit/consumer";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer } from "@stationkit/producer";

await using server = await startNats();
await using connection = await connect({ servers: server.url });
const producer = await createProducer(connection, {
  stationName: "readings",
  producerName: "import",
  station: { partitions: 4 },
});
await producer.produceMany(Array.from({ length: 100 }, (_, i) => `reading ${i}`));

const consumer = await createConsumer(connection, { stationName: "readings", consumerName: "writer" });
const batch = await consumer.fetch({ batchSize: 60, maxWaitMs: 5_000 });
console.log(batch.length); // 60
for (const message of batch) await message.ack();

const rest = await consumer.fetch({ batchSize: 40, maxWaitMs: 5_000 });
console.log(rest.length); // 40
for (const message of rest) await message.ack({ confirmed: true });

const lag = await consumer.lag();
console.log(lag.map(({ pending, inFlight }) => pending + inFlight).join()); // 0,0,0,0

await consumer.close();
await producer.close();
