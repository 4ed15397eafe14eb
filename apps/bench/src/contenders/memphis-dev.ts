import { setImmediate as nextTurn } from "node:timers/promises";
import type { Producer } from "memphis-dev";
import type { Arena, Contender, Session } from "../contender/contender.js";
import { openMemphis } from "./memphis-session.js";
import { untilStored } from "./until-stored.js";

/** A producer of the official SDK. */
async function openProducer(
  { server, station }: Arena,
  way: (producer: Producer) => Omit<Session, typeof Symbol.asyncDispose>,
): Promise<Session> {
  const memphis = await openMemphis(server);
  const producer = await memphis.producer({ stationName: station, producerName: "bench" });
  return { ...way(producer), [Symbol.asyncDispose]: () => memphis.close() };
}

export const memphisAsync: Contender = {
  name: "memphis-dev",
  title: "memphis-dev, async",
  kind: "peer",
  settings:
    "produce (asyncProduce: true, its default) in batches, one turn of the event loop between them; stored messages count",
  sequential: false,
  window: { meaning: "produces in a batch", candidates: [64, 256, 1_000, 4_000] },
  needsControlPlane: true,
  open: (arena) =>
    openProducer(arena, (producer) => ({
      // It resolves before the message has an acknowledgement, and drops that: nothing but the stream tells when it is done.
      async run(count, window) {
        const before = await arena.stored();
        for (let sent = 0; sent < count;) {
          const batch: Promise<void>[] = [];
          const end = Math.min(sent + window, count);
          for (; sent < end; sent++) batch.push(producer.produce({ message: arena.payload }));
          await Promise.all(batch);
          await nextTurn();
        }
        await untilStored(arena, before + count);
      },
    })),
};

export const memphisSync: Contender = {
  name: "memphis-dev-sync",
  title: "memphis-dev, sync",
  kind: "peer",
  settings: "produce with asyncProduce: false, each awaited before the next",
  sequential: true,
  needsControlPlane: true,
  open: (arena) =>
    openProducer(arena, (producer) => {
      const send = (): Promise<void> => producer.produce({ message: arena.payload, asyncProduce: false });
      return {
        async run(count) {
          for (let sent = 0; sent < count; sent++) await send();
        },
        send,
      };
    }),
};
