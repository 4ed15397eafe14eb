import { connect, encodeHeaderTail, HEADER, HEADER_PREAMBLE, headerLine } from "@stationkit/core-protocol";
import type { MsgHdrs } from "@nats-io/nats-core";
import type { Contender } from "../contender/contender.js";
import { untilStored } from "./until-stored.js";

/**
 * What the server stores at most of one connection: the bytes that stationkit sends without ids, published without a reply
 * subject. The server drops, in silence, what it has no room for in the stream's queue (100,000 messages or 128 MiB), so that the sender
 * looks at the stream and stays ahead of it by no more than the window.
 */
export const corePublish: Contender = {
  name: "ceiling",
  title: "ceiling: core publish, no acks",
  kind: "ceiling",
  settings:
    "publish without reply of the same header and payload, encoded once, with noAsyncTraces: true; stored messages count",
  sequential: false,
  window: { meaning: "messages ahead of the stream", candidates: [250, 1_000, 4_000, 8_000, 32_000] },
  async open({ server, station, payload, stored }) {
    const connection = await connect({ servers: server });
    const { natsConnection } = connection;
    const subject = `${station}$1.final`;
    const tail = encodeHeaderTail(headerLine(HEADER.memphisProducedBy, "bench"));
    const block = Buffer.concat([Buffer.from(HEADER_PREAMBLE), tail]);
    // nats.js calls nothing but `encode` of it when it publishes.
    const headers = { encode: () => block } as unknown as MsgHdrs;
    return {
      async run(count, window) {
        const before = await stored();
        const burst = Math.max(1, Math.floor(window / 4));
        for (let sent = 0; sent < count;) {
          const end = Math.min(sent + burst, count);
          for (; sent < end; sent++) natsConnection.publish(subject, payload, { headers });
          await natsConnection.flush();
          await untilStored({ stored }, before + sent - window + burst);
        }
        await untilStored({ stored }, before + count);
      },
      [Symbol.asyncDispose]: () => connection.close(),
    };
  },
};
