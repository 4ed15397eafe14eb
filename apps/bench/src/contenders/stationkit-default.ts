import type { Contender } from "../contender/contender.js";
import { nonBlocking, openProducer } from "./stationkit-session.js";

export const stationkitDefault: Contender = {
  name: "stationkit",
  title: "stationkit, default",
  kind: "stationkit",
  settings: "createProducer without options: non-blocking produce, ids, window of 512 messages; flush at the end",
  sequential: false,
  open: (arena) => openProducer(arena, nonBlocking),
};
