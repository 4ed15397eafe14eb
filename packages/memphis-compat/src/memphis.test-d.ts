import type * as dev from "memphis-dev";
import { describe, expectTypeOf, it } from "vitest";
import type { Consumer, Memphis, Message, MsgHeaders, Producer, Station } from "./index.js";

/** Whoever compiles against memphis-dev's method has to compile against ours: each takes what it takes, and gives what it gives. */
type Method = (...parameters: never[]) => unknown;
type Takes<Ours extends Method, Theirs extends Method> = Parameters<Theirs> extends Parameters<Ours> ? true : false;

describe("the types of memphis-dev's users", () => {
  it("fit into every method of a connection", () => {
    type Name =
      | ("connect" | "close" | "isConnected" | "headers" | "station" | "producer" | "consumer" | "produce")
      | ("fetchMessages" | "createSchema" | "attachSchema" | "enforceSchema" | "detachSchema");
    type Fits = { [Key in Name]: Takes<Memphis[Key], dev.Memphis[Key]> };
    expectTypeOf<Fits>().toEqualTypeOf<Record<Name, true>>();
  });

  it("fit into every method of what a connection makes", () => {
    expectTypeOf<Takes<Producer["produce"], dev.Producer["produce"]>>().toEqualTypeOf<true>();
    expectTypeOf<Takes<Producer["destroy"], dev.Producer["destroy"]>>().toEqualTypeOf<true>();
    expectTypeOf<Takes<Consumer["fetch"], dev.Consumer["fetch"]>>().toEqualTypeOf<true>();
    expectTypeOf<Takes<Consumer["destroy"], dev.Consumer["destroy"]>>().toEqualTypeOf<true>();
    expectTypeOf<Takes<Station["destroy"], dev.Station["destroy"]>>().toEqualTypeOf<true>();
    expectTypeOf<Takes<MsgHeaders["add"], dev.MsgHeaders["add"]>>().toEqualTypeOf<true>();
    expectTypeOf<Takes<Message["delay"], dev.Message["delay"]>>().toEqualTypeOf<true>();
    expectTypeOf<Takes<Message["deadLetter"], dev.Message["deadLetter"]>>().toEqualTypeOf<true>();
  });

  it("get what they got", () => {
    expectTypeOf<Producer["produce"]>().returns.toEqualTypeOf<Promise<void>>();
    expectTypeOf<Memphis["produce"]>().returns.toEqualTypeOf<Promise<void>>();
    expectTypeOf<Memphis["connect"]>().returns.toEqualTypeOf<Promise<Memphis>>();
    expectTypeOf<Memphis["isConnected"]>().returns.toEqualTypeOf<boolean>();
    expectTypeOf<Message["getData"]>().returns.toExtend<ReturnType<dev.Message["getData"]>>();
    expectTypeOf<Message["getHeaders"]>().returns.toExtend<object>();
    expectTypeOf<Message["getSequenceNumber"]>().returns.toEqualTypeOf<number>();
    expectTypeOf<Message["getTimeSent"]>().returns.toEqualTypeOf<Date>();
    expectTypeOf<Message["ack"]>().returns.toBeVoid();
    expectTypeOf<Memphis["retentionTypes"]>().toExtend<Readonly<dev.Memphis["retentionTypes"]>>();
    expectTypeOf<Memphis["storageTypes"]>().toExtend<Readonly<dev.Memphis["storageTypes"]>>();
  });

  it("find the listeners that they wrote", () => {
    const on = (consumer: Consumer): void => {
      consumer.on("message", (message: Message, context: { key: string }) => {
        message.getData().toString();
        return context.key;
      });
      consumer.on("error", (error: Error) => error.message);
    };
    expectTypeOf(on).toBeFunction();
  });
});
