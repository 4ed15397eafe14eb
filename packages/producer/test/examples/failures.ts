import { connect, StationkitError } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer, DeliveryError } from "@stationkit/producer";

await using server = await startNats();
await using connection = await connect({ servers: server.url });
const producer = await createProducer(connection, {
  stationName: "orders",
  producerName: "checkout",
  station: { retention: { type: "messages", maxMessages: 2 }, discard: "new" },
});

producer.on("delivery-failed", (error, { msgId, request }) => {
  console.log(error.code, error.outcome, msgId, request.message); // SK_STATION_FULL rejected order-3 three
});
await producer.produce({ message: "one", msgId: "order-1" });
await producer.produce({ message: "two", msgId: "order-2" });
await producer.produce({ message: "three", msgId: "order-3" }); // admitted: what becomes of it is told later

try {
  await producer.flush();
} catch (error) {
  if (error instanceof DeliveryError) console.log(error.failedCount, error.outcome); // 1 rejected
}

try {
  await producer.produce({ message: "four", partitionKey: "a", partitionNumber: 1 });
} catch (error) {
  if (StationkitError.is(error)) console.log(error.code, error.outcome, error.retryable); // SK_USAGE not-sent false
}

await producer.close();
