import { connect, ServerTooOldError, UsageError } from "@stationkit/core-protocol";
import { createProducer, type ProducerOptions } from "@stationkit/producer";
import type { Contender } from "../contender/contender.js";
import { nonBlocking, openProducer } from "./stationkit-session.js";

// Of no version of the options' type that has to be there: see isAvailable.
const options = { delivery: "fast-ingest" } as Partial<ProducerOptions>;

export const stationkitFastIngest: Contender = {
  name: "stationkit-fast-ingest",
  title: "stationkit, fast ingest",
  kind: "stationkit",
  settings: 'non-blocking produce with delivery: "fast-ingest", else defaults; flush at the end',
  sequential: false,
  async isAvailable({ server, station }) {
    await using connection = await connect({ servers: server });
    try {
      const producer = await createProducer(connection, { ...options, stationName: station, producerName: "probe" });
      await producer.close();
      return true;
    } catch (error) {
      // Unknown to this producer; or nats-server before 2.14.
      if (error instanceof UsageError || error instanceof ServerTooOldError) return false;
      throw error;
    }
  },
  open: (arena) => openProducer(arena, nonBlocking, options),
};
