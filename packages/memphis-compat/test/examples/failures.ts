import { StationkitError } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createMemphisInstance } from "@stationkit/memphis-compat";

await using server = await startNats();
const memphis = createMemphisInstance();
await memphis.connect({
  host: "127.0.0.1",
  port: server.port,
  username: "root",
  password: "memphis",
  suppressLogs: true,
});
const producer = await memphis.producer({ stationName: "orders", producerName: "checkout" });

await producer.produce({ message: { id: 1 }, ackWaitSec: 3, asyncProduce: false });
try {
  await producer.produce({ message: { id: 2 }, ackWaitSec: -1 });
} catch (error) {
  if (StationkitError.is(error)) console.log(error.code, error.outcome); // SK_USAGE not-sent
}

await server.stop();
const failed = new Promise<StationkitError>((resolve) => {
  producer.on("error", resolve); // what was sent without waiting, and could not be delivered
});
await producer.produce({ message: { id: 3 }, ackWaitSec: 3 });
console.log((await failed).retryable); // true
await memphis.close();
