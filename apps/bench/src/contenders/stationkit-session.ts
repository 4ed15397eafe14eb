import { connect } from "@stationkit/core-protocol";
import { createProducer, type FastIngestPubAck, type Producer, type ProducerOptions } from "@stationkit/producer";
import type { Arena, Session } from "../contender/contender.js";

/** Of either way of delivery. */
type AnyProducer = Producer<unknown, FastIngestPubAck>;

/** What a way of producing makes of a producer. */
type Way = (producer: AnyProducer, payload: Uint8Array) => Omit<Session, typeof Symbol.asyncDispose>;

/** A session on a connection and a producer of its own; all that differs is the producer's options and how it is called. */
export async function openProducer(
  { server, station, payload }: Arena,
  way: Way,
  options: Partial<ProducerOptions> = {},
): Promise<Session> {
  const connection = await connect({ servers: server });
  const producer = await createProducer(connection, { ...options, stationName: station, producerName: "bench" });
  return {
    ...way(producer, payload),
    async [Symbol.asyncDispose]() {
      await producer.close();
      await connection.close();
    },
  };
}

/** The default of `produce`: awaits admission only, and flushes at the end. */
export const nonBlocking: Way = (producer, payload) => ({
  async run(count) {
    for (let sent = 0; sent < count; sent++) await producer.produce({ message: payload });
    await producer.flush();
  },
  async send() {
    return (await producer.produce({ message: payload })).acknowledged;
  },
});
