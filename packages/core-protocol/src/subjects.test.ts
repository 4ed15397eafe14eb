import { describe, expect, it } from "vitest";
import { UsageError } from "./errors/usage-errors.js";
import { parseConsumerGroupName, parseStationName } from "./names.js";
import {
  finalSubject,
  functionSubject,
  partitionStream,
  resendSubject,
  streamSubjects,
  tryParsePartitionStream,
} from "./subjects.js";

const station = parseStationName("orders.eu");

describe("a partition", () => {
  it("has the stream, subjects and functions that a Memphis broker gives it", () => {
    const stream = partitionStream(station, 2);
    expect(stream).toBe("orders#eu$2");
    expect(streamSubjects(stream)).toBe("orders#eu$2.>");
    expect(finalSubject(stream)).toBe("orders#eu$2.final");
    expect(functionSubject(stream, 7)).toBe("orders#eu$2.functions.7");
    expect(resendSubject(stream, parseConsumerGroupName("Billing.EU"))).toBe("orders#eu$2.resend.billing#eu");
  });

  it.each([0, -1, 10_001, 1.5, NaN, Infinity, "1", undefined, null])("cannot have the number %s", (number) => {
    expect(() => partitionStream(station, number as never)).toThrow(UsageError);
  });

  it("is found again from the name of its stream, for all 10,000 numbers", () => {
    for (let partition = 1; partition <= 10_000; partition++) {
      expect(tryParsePartitionStream(partitionStream(station, partition))).toEqual({ station, partition });
    }
  });

  it.each(["a", "7", "a..b", "a-b_c.d", "x".repeat(128)])("of station %s is found again", (name) => {
    const parsed = tryParsePartitionStream(partitionStream(parseStationName(name), 10_000));
    expect(parsed).toEqual({ station: name, partition: 10_000 });
  });
});

describe("a stream that is no partition of a station", () => {
  it.each([
    "",
    "orders",
    "orders$",
    "$1",
    "orders$0",
    "orders$01",
    "orders$-1",
    "orders$1.0",
    "orders$1e3",
    "orders$ 1",
    "orders$10001",
    "orders$100000",
    "orders$1$2",
    "orders$1\n",
    "orders.eu$1",
    "Orders$1",
    "#orders$1",
    "orders#$1",
    "-orders$1",
    "orders_$1",
    "größe$1",
    `${"x".repeat(129)}$1`,
    "KV_orders",
    "$memphis_dls_unacked",
  ])("is told by its name: %j", (stream) => {
    expect(tryParsePartitionStream(stream)).toBeUndefined();
  });
});
