import { once } from "node:events";
import type { Contender } from "../contender/contender.js";
import { openProducer } from "./stationkit-session.js";

export const stationkitWritable: Contender = {
  name: "stationkit-writable",
  title: "stationkit, Writable",
  kind: "stationkit",
  settings: "writable(): write until it says stop, go on at 'drain', end; defaults, ids",
  sequential: false,
  open: (arena) =>
    openProducer(arena, (producer, payload) => ({
      async run(count) {
        const writable = producer.writable();
        for (let sent = 0; sent < count; sent++) if (!writable.write(payload)) await once(writable, "drain");
        writable.end();
        await once(writable, "finish");
      },
    })),
};
