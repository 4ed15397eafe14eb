import type { Contender } from "../contender/contender.js";
import { openProducer } from "./stationkit-session.js";

export const stationkitSync: Contender = {
  name: "stationkit-sync",
  title: "stationkit, sync",
  kind: "stationkit",
  settings: "produce with asyncProduce: false, each awaited before the next; ids",
  sequential: true,
  open: (arena) =>
    openProducer(arena, (producer, payload) => ({
      async run(count) {
        for (let sent = 0; sent < count; sent++) await producer.produce({ message: payload, asyncProduce: false });
      },
      send: () => producer.produce({ message: payload, asyncProduce: false }),
    })),
};
