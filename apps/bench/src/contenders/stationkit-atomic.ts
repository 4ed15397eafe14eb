import { connect } from "@stationkit/core-protocol";
import { createProducer, type Producer, type ProduceRequest } from "@stationkit/producer";
import type { Contender } from "../contender/contender.js";
import { openProducer } from "./stationkit-session.js";

/** The server takes at most 1,000 in one. */
const BATCH = 1_000;

/** A producer with all-or-nothing batches; whether it has them, isAvailable looks. */
type AtomicProducer = Producer & { produceAtomic(requests: readonly ProduceRequest[]): Promise<unknown> };

export const stationkitAtomic: Contender = {
  name: "stationkit-atomic",
  title: "stationkit, produceAtomic",
  kind: "stationkit",
  settings: `produceAtomic in batches of ${BATCH}, each awaited before the next; latency is that of a whole batch`,
  sequential: true,
  async isAvailable({ server, station }) {
    await using connection = await connect({ servers: server });
    await using producer = await createProducer(connection, { stationName: station, producerName: "probe" });
    return "produceAtomic" in producer && connection.server.jetStreamApiLevel >= 2;
  },
  open: (arena) =>
    openProducer(arena, (producer, payload) => {
      const batch = Array.from({ length: BATCH }, () => ({ message: payload }));
      const send = (requests: readonly ProduceRequest[]): Promise<unknown> =>
        (producer as AtomicProducer).produceAtomic(requests);
      return {
        async run(count) {
          for (let sent = 0; sent < count; sent += BATCH) await send(batch.slice(0, count - sent));
        },
        send: () => send(batch),
        messagesPerSend: BATCH,
      };
    }),
};
