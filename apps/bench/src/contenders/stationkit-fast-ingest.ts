import { connect } from "@stationkit/core-protocol";
import type { Contender } from "../contender/contender.js";
import { nonBlocking, openProducer } from "./stationkit-session.js";

/** JetStream's API level of nats-server 2.14. */
const API_LEVEL = 4;

export const stationkitFastIngest: Contender = {
  name: "stationkit-fast-ingest",
  title: "stationkit, fast ingest",
  kind: "stationkit",
  settings: 'non-blocking produce with delivery: "fast-ingest", else defaults; flush at the end',
  sequential: false,
  async isAvailable({ server }) {
    await using connection = await connect({ servers: server });
    // Below it the producer would fall back to single messages.
    return connection.server.jetStreamApiLevel >= API_LEVEL;
  },
  open: (arena) => openProducer(arena, nonBlocking, { delivery: "fast-ingest" }),
};
