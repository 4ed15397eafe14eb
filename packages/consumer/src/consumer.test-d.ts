import type { Connection } from "@stationkit/core-protocol";
import { describe, expectTypeOf, it } from "vitest";
import { type Consumer, type ConsumerMessage, createConsumer } from "./index.js";

interface Order {
  readonly id: number;
}

declare const connection: Connection;
const names = { stationName: "orders", consumerName: "c" };

describe("the types of a consumer", () => {
  it("has bytes as values without a deserializer", () => {
    expectTypeOf(createConsumer(connection, names)).resolves.toEqualTypeOf<Consumer>();
    expectTypeOf<ConsumerMessage["value"]>().toEqualTypeOf<Uint8Array>();
  });

  it("has the deserializer's result as values, however the message comes", () => {
    const made = createConsumer(connection, { ...names, deserializer: (): Order => ({ id: 1 }) });
    expectTypeOf(made).resolves.toEqualTypeOf<Consumer<Order>>();
    type Fetched = Awaited<ReturnType<Consumer<Order>["fetch"]>>;
    expectTypeOf<Fetched[number]["value"]>().toEqualTypeOf<Order>();
    expectTypeOf<Consumer<Order>>().toExtend<AsyncIterable<ConsumerMessage<Order>>>();
  });

  it("refuses to call bytes something else", () => {
    // @ts-expect-error -- nothing makes orders of the bytes
    void createConsumer<Order>(connection, names);
  });

  it("refuses a deserializer of another type, and a listener for what there is not", () => {
    // @ts-expect-error -- the deserializer gives text
    void createConsumer<Order>(connection, { ...names, deserializer: () => "text" });
    const listen = (consumer: Consumer<Order>): void => {
      consumer.on("message", async (message) => {
        expectTypeOf(message.value).toEqualTypeOf<Order>();
        await message.ack();
      });
      // @ts-expect-error -- there is no such event
      consumer.on("data", () => undefined);
    };
    expectTypeOf(listen).toBeFunction();
  });
});
