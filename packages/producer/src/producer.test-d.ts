import type { Writable } from "node:stream";
import type { Connection, StationkitError } from "@stationkit/core-protocol";
import { expectTypeOf } from "vitest";
import {
  createProducer,
  type Delivery,
  type DeliveryFailure,
  type FastIngestPubAck,
  type MultiStationDelivery,
  type MultiStationProducer,
  PRODUCER_DEFAULTS,
  type ProduceOptions,
  type Producer,
  type ProducerOptions,
  type ProduceSummary,
  type PubAck,
} from "./index.js";

interface Order {
  readonly id: number;
}

declare const connection: Connection;
declare const order: Order;
const one = { stationName: "orders", producerName: "p" } as const;
const several = { stationName: ["orders", "audit"], producerName: "p" } as const;

// One name gives a producer, a list one for several stations, also a list of one.
expectTypeOf(await createProducer(connection, one)).toEqualTypeOf<Producer>();
expectTypeOf(await createProducer(connection, several)).toEqualTypeOf<MultiStationProducer>();
expectTypeOf(await createProducer(connection, { ...one, stationName: ["a"] })).toEqualTypeOf<MultiStationProducer>();
declare const either: ProducerOptions & { readonly delivery?: "individual" };
expectTypeOf(await createProducer(connection, either)).toEqualTypeOf<Producer | MultiStationProducer>();

// An acknowledgement of a batch has no sequence, and the types say so wherever there may be batches.
const fast = await createProducer(connection, { ...one, delivery: "fast-ingest" });
expectTypeOf(fast).toEqualTypeOf<Producer<unknown, FastIngestPubAck>>();
expectTypeOf(await fast.produce({ message: 1, asyncProduce: false })).toEqualTypeOf<FastIngestPubAck>();
expectTypeOf((await fast.produce({ message: 1 })).acknowledged).toEqualTypeOf<Promise<FastIngestPubAck>>();
expectTypeOf<FastIngestPubAck["sequence"]>().toEqualTypeOf<number | undefined>();
const fastSeveral = await createProducer(connection, { ...several, delivery: "fast-ingest" });
expectTypeOf(fastSeveral).toEqualTypeOf<MultiStationProducer<unknown, FastIngestPubAck>>();
expectTypeOf(await createProducer(connection, { ...one, delivery: "individual" })).toEqualTypeOf<Producer>();
declare const any: ProducerOptions;
expectTypeOf(await createProducer(connection, any)).toEqualTypeOf<
  Producer<unknown, FastIngestPubAck> | MultiStationProducer<unknown, FastIngestPubAck>
>();

// asyncProduce decides what a call resolves with.
declare const producer: Producer;
expectTypeOf(await producer.produce({ message: 1 })).toEqualTypeOf<Delivery>();
expectTypeOf(await producer.produce({ message: 1, asyncProduce: true })).toEqualTypeOf<Delivery>();
expectTypeOf(await producer.produce({ message: 1, asyncProduce: false })).toEqualTypeOf<PubAck>();
declare const options: ProduceOptions;
expectTypeOf(await producer.produce(options)).toEqualTypeOf<PubAck | Delivery>();
expectTypeOf(producer.tryProduce({ message: 1 })).toEqualTypeOf<Delivery | undefined>();
expectTypeOf(await producer.produceMany(["a", new Uint8Array(), { message: 1 }])).toEqualTypeOf<ProduceSummary>();
expectTypeOf(producer.writable()).toEqualTypeOf<Writable>();

declare const multi: MultiStationProducer;
expectTypeOf(await multi.produce({ message: 1 })).toEqualTypeOf<MultiStationDelivery>();
expectTypeOf(await multi.produce({ message: 1, asyncProduce: false })).toEqualTypeOf<readonly PubAck[]>();
expectTypeOf(multi.tryProduce({ message: 1 })).toEqualTypeOf<MultiStationDelivery | undefined>();

// A typed producer takes its type, everywhere.
const typed = await createProducer<Order>(connection, one);
expectTypeOf(typed).toEqualTypeOf<Producer<Order>>();
await typed.produce({ message: order });
// @ts-expect-error: not an Order.
await typed.produce({ message: "text" });
// @ts-expect-error: not an Order.
typed.tryProduce({ message: { id: "1" } });
// @ts-expect-error: not an Order.
await typed.produceMany([{ message: 1 }]);
// @ts-expect-error: bare texts and bytes are no Orders.
await typed.produceMany(["text"]);
await producer.produceMany(["text", Buffer.from("bytes"), { message: 1, partitionKey: undefined }]);
typed.on("delivery-failed", (error, failure) => {
  expectTypeOf(error).toEqualTypeOf<StationkitError>();
  expectTypeOf(failure).toEqualTypeOf<DeliveryFailure<Order>>();
  expectTypeOf(failure.request.message).toEqualTypeOf<Order>();
});
// @ts-expect-error: no such event.
typed.on("delivered", () => undefined);

// The serializer gives the type, and must be synchronous.
const serialized = await createProducer(connection, {
  ...one,
  serializer: (message: Order) => Buffer.alloc(message.id),
});
expectTypeOf(serialized).toEqualTypeOf<Producer<Order>>();
// @ts-expect-error: a promise.
void createProducer(connection, { ...one, serializer: (message: Order) => Promise.resolve(Buffer.alloc(message.id)) });

// @ts-expect-error: text in the place of a boolean.
await producer.produce({ message: 1, asyncProduce: "false" });
// @ts-expect-error: message is missing.
await producer.produce({});
// @ts-expect-error: misspelt.
void createProducer(connection, { ...one, ackTimeout: 5 });

expectTypeOf(producer).toExtend<AsyncDisposable>();
expectTypeOf<PubAck["sequence"]>().toEqualTypeOf<number>();
expectTypeOf(PRODUCER_DEFAULTS.ordering).toEqualTypeOf<"pipelined">();
