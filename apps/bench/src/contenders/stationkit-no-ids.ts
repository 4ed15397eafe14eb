import type { Contender } from "../contender/contender.js";
import { nonBlocking, openProducer } from "./stationkit-session.js";

export const stationkitNoIds: Contender = {
  name: "stationkit-no-ids",
  title: "stationkit, idempotent: false",
  kind: "stationkit",
  settings: "non-blocking produce with idempotent: false, else defaults",
  sequential: false,
  open: (arena) => openProducer(arena, nonBlocking, { idempotent: false }),
};
