import { startNats } from "@stationkit/embedded-nats";
import { expect, it } from "vitest";
import { connect } from "../src/index.js";
import { encodeHeaderTail } from "../src/headers.js";

interface Transport {
  send(frame: Uint8Array): void;
}

it("writes large messages to the socket without copying them together, and all of them arrive", async () => {
  await using server = await startNats();
  await using connection = await connect({ servers: server.url });
  const { natsConnection } = connection;
  const { transport } = (natsConnection as unknown as { protocol: { transport: Transport } }).protocol;
  const send = transport.send.bind(transport);
  const pieces: number[] = [];
  transport.send = (frame) => {
    pieces.push(frame.length);
    send(frame);
  };
  const received: number[] = [];
  natsConnection.subscribe("large", { callback: (_error, { data }) => void received.push(data.length) });
  await natsConnection.flush();
  pieces.length = 0;
  const message = { headLines: "", headerTail: encodeHeaderTail(""), payload: Buffer.alloc(65_536) };
  for (let i = 0; i < 8; i++) connection.outbound.publish("large", "reply", message);
  connection.outbound.flush();
  await natsConnection.flush();
  expect(received).toEqual(Array<number>(8).fill(65_536));
  expect(Math.max(...pieces)).toBeLessThan(2 * 65_536);
});
