import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer } from "@stationkit/producer";

await using server = await startNats();
await using connection = await connect({ servers: server.url });
const producer = await createProducer(connection, {
  stationName: "clicks",
  producerName: "gateway",
  maxInFlightMessages: 256,
});

const gateway = createServer((request, response) => {
  try {
    const delivery = producer.tryProduce({ message: { path: request.url } });
    if (delivery === undefined) {
      response.writeHead(503, { "Retry-After": "1" }).end();
      return;
    }
    delivery.acknowledged.then(
      () => response.writeHead(202).end(),
      () => response.writeHead(502).end(),
    );
  } catch {
    // Not admitted: too large, or the producer is closed.
    response.writeHead(500).end();
  }
});
gateway.listen(0, "127.0.0.1");
await once(gateway, "listening");

const { port } = gateway.address() as AddressInfo;
console.log((await fetch(`http://127.0.0.1:${port}/buy`)).status); // 202

// Nothing can be acknowledged within one turn of the event loop, so that the 257th finds the window full.
const tries = Array.from({ length: 300 }, (_, i) => producer.tryProduce({ message: i }));
console.log(tries.indexOf(undefined)); // 256

gateway.close();
await producer.close();
