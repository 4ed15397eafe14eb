import { describe, expect, it } from "vitest";
import { InvalidNameError } from "./errors/usage-errors.js";
import {
  parseConsumerGroupName,
  parseConsumerName,
  parseProducerName,
  parseStationName,
  toInternalName,
  toStationName,
} from "./names.js";

const parsers = [
  ["station", parseStationName],
  ["producer", parseProducerName],
  ["consumer", parseConsumerName],
  ["consumer group", parseConsumerGroupName],
] as const;

describe.each(parsers)("a %s name", (kind, parse) => {
  it.each(["a", "7", "orders", "orders.eu", "a-b_c.d", "0.0", "a..b", "a".repeat(128)])("may be %s", (name) => {
    expect(parse(name)).toBe(name);
  });

  it("is lower-cased", () => {
    expect(parse("Orders.EU-West_1")).toBe("orders.eu-west_1");
  });

  it.each([
    ["", "must not be empty"],
    ["a".repeat(129), "is 129 bytes long"],
    ["orders#eu", "only letters"],
    ["orders eu", "only letters"],
    ["orders$1", "only letters"],
    ["orders/eu", "only letters"],
    ["orders*", "only letters"],
    ["orders>", "only letters"],
    ["orders\n", "only letters"],
    ["bestellungen-größe", "only letters"],
    ["日本", "only letters"],
    // These two lower-case into ASCII, or nearly.
    ["\u212Aafka", "only letters"],
    ["\u0130d", "only letters"],
    [".orders", "begin and end"],
    ["-orders", "begin and end"],
    ["_orders", "begin and end"],
    ["orders.", "begin and end"],
    ["orders-", "begin and end"],
    ["orders_", "begin and end"],
    [".", "begin and end"],
  ])("must not be %j", (name, reason) => {
    const error = failure(() => parse(name));
    expect(error).toBeInstanceOf(InvalidNameError);
    expect(error).toMatchObject({ kind, value: name, code: "SK_NAME_INVALID", outcome: "not-sent", retryable: false });
    expect(error.message).toContain(reason);
    expect(error.message).toContain(kind);
  });

  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["null", null],
    ["7", 7],
    ["{}", {}],
    ["[ 'orders' ]", ["orders"]],
    ["Symbol(orders)", Symbol("orders")],
    ["[Object: null prototype] {}", Object.create(null)],
  ])("must be a string, unlike %s", (shown, value) => {
    const { message } = failure(() => parse(value as never));
    expect(message).toContain(`"${shown}": must be a string, not ${typeof value}`);
  });
});

describe("the internal form of a name", () => {
  it.each(["orders", "orders.eu", "a.b.c", "a..b"])("of %s leads back to it", (name) => {
    expect(toStationName(toInternalName(parseStationName(name)))).toBe(name);
  });

  it("has # in the place of dots", () => {
    expect(toInternalName(parseStationName("orders.eu.west"))).toBe("orders#eu#west");
    expect(toInternalName(parseConsumerGroupName("billing.eu"))).toBe("billing#eu");
  });
});

function failure(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected a failure");
}
