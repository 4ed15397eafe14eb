import { parseStationName, UsageError } from "@stationkit/core-protocol";
import { memphisPartitioner, type Partitioner } from "@stationkit/partitioner";
import { describe, expect, it } from "vitest";
import type { ProduceRequest } from "../produce-request.js";
import { route } from "./route.js";

const station = parseStationName("orders");

function to(request: Partial<ProduceRequest>, partitioner: Partitioner = memphisPartitioner()): number {
  return route({ message: "", ...request }, [1, 2, 3], partitioner, station);
}

describe("route", () => {
  it("asks the partitioner for a key, as the Go and Python SDKs of Memphis choose", () => {
    expect(to({ partitionKey: "user-1" })).toBe(3);
    expect(to({ partitionKey: Buffer.from("user-1") })).toBe(3);
    expect(to({ partitionKey: "" })).toBe(3);
  });

  it("takes a number as it is, without asking the partitioner", () => {
    const never: Partitioner = () => {
      throw new Error("asked");
    };
    expect(to({ partitionNumber: 2 }, never)).toBe(2);
  });

  it("goes in turn without key and number", () => {
    const partitioner = memphisPartitioner();
    expect([1, 2, 3, 4].map(() => to({}, partitioner))).toEqual([1, 2, 3, 1]);
  });

  it("gives the partitioner key, partitions and station", () => {
    const seen: unknown[] = [];
    to({ partitionKey: "k" }, (request) => {
      seen.push(request);
      return 1;
    });
    expect(seen).toEqual([{ key: "k", partitions: [1, 2, 3], station }]);
  });

  it.each([0, -1, 4, 1.5, Number.NaN, "1"])("refuses the number %s", (partitionNumber) => {
    expect(() => to({ partitionNumber: partitionNumber as number })).toThrow(UsageError);
  });

  it.each([
    ["a number that is no partition", () => 9],
    ["an index from 0", () => 0],
    ["nothing", () => undefined as never],
    ["a promise", () => Promise.resolve(1) as never],
    [
      "an exception",
      () => {
        throw new Error("bug");
      },
    ],
  ])("refuses a partitioner whose answer is %s, naming the station", (_, partitioner) => {
    expect(() => to({ partitionKey: "k" }, partitioner)).toThrow(
      expect.objectContaining({ code: "SK_USAGE", message: expect.stringContaining('"orders"') as string }) as Error,
    );
  });

  it("refuses a key that is neither text nor bytes, and takes null for none as Memphis does", () => {
    expect(() => to({ partitionKey: 5 as never })).toThrow(UsageError);
    expect(to({ partitionKey: null as never })).toBe(1);
  });
});
