import { connect } from "@stationkit/core-protocol";
import type { Contender } from "../contender/contender.js";
import { openProducer } from "./stationkit-session.js";

/** The server takes at most 1,000 in one. */
const BATCH = 1_000;
/** JetStream's API level of nats-server 2.12. */
const API_LEVEL = 2;

export const stationkitAtomic: Contender = {
  name: "stationkit-atomic",
  title: "stationkit, produceAtomic",
  kind: "stationkit",
  settings: `produceAtomic in batches of ${BATCH}, each awaited before the next; latency is that of a whole batch`,
  sequential: true,
  async isAvailable({ server }) {
    await using connection = await connect({ servers: server });
    return connection.server.jetStreamApiLevel >= API_LEVEL;
  },
  open: (arena) =>
    openProducer(arena, (producer, payload) => {
      const batch = Array.from({ length: BATCH }, () => ({ message: payload }));
      return {
        async run(count) {
          for (let sent = 0; sent < count; sent += BATCH) await producer.produceAtomic(batch.slice(0, count - sent));
        },
        send: () => producer.produceAtomic(batch),
        messagesPerSend: BATCH,
      };
    }),
};
