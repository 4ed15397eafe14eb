import type { Contender } from "../contender/contender.js";
import { openProducer } from "./stationkit-session.js";

export const stationkitProduceMany: Contender = {
  name: "stationkit-produce-many",
  title: "stationkit, produceMany",
  kind: "stationkit",
  settings: "produceMany of a synchronous generator of bytes; defaults, ids",
  sequential: false,
  open: (arena) =>
    openProducer(arena, (producer, payload) => ({
      async run(count) {
        const { failed, failures } = await producer.produceMany(repeat(payload, count));
        if (failed > 0) throw new Error(`${failed} of ${count} messages failed`, { cause: failures[0]?.error });
      },
    })),
};

function* repeat(payload: Uint8Array, count: number): Generator<Uint8Array> {
  for (let sent = 0; sent < count; sent++) yield payload;
}
