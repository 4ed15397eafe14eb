import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer } from "@stationkit/producer";

await using server = await startNats();
await using connection = await connect({ servers: server.url });
const producer = await createProducer(connection, {
  stationName: "readings",
  producerName: "import",
  station: { partitions: 4 },
});

function* readings(): Generator<{ message: { sensor: number; value: number }; partitionKey: string }> {
  for (let i = 0; i < 10_000; i++) yield { message: { sensor: i % 7, value: i }, partitionKey: `sensor-${i % 7}` };
}
const { received, produced, failed } = await producer.produceMany(readings());
console.log(received, produced, failed); // 10000 10000 0

await pipeline(Readable.from(["bare", "texts", "too"]), producer.writable());
console.log(producer.pending.messages); // 0

await producer.close();
