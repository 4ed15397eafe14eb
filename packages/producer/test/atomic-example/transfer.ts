import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer } from "@stationkit/producer";

await using server = await startNats();
await using connection = await connect({ servers: server.url });
const producer = await createProducer(connection, { stationName: "ledger", producerName: "transfers" });

const transfer = [
  { message: { account: "a", cents: -500 }, msgId: "transfer-17/debit" },
  { message: { account: "b", cents: 500 }, msgId: "transfer-17/credit" },
];
const { firstSequence, lastSequence } = await producer.produceAtomic(transfer, { partitionKey: "transfer-17" });
console.log(firstSequence, lastSequence); // 1 2

const again = await producer.produceAtomic(transfer, { partitionKey: "transfer-17" });
console.log(again.firstSequence, again.duplicate); // 1 true

await producer.close();
