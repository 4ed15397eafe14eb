import { UsageError } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { type ConsumerOptions, resolveConsumerOptions } from "./consumer-options.js";

const resolve = (options: Partial<ConsumerOptions> = {}): ReturnType<typeof resolveConsumerOptions> =>
  resolveConsumerOptions({ stationName: "S", consumerName: "C", ...options });

describe("a consumer in memphis-dev's words", () => {
  it("has memphis-dev's defaults", () => {
    expect(resolve()).toMatchObject({
      ...{ station: "s", pullIntervalMs: 1_000, batchSize: 10, batchMaxTimeToWaitMs: 1_000, partition: {} },
      native: { consumerName: "c", consumerGroup: "c", ackTimeoutMs: 30_000, maxDeliveries: 2, start: "all" },
    });
  });

  it("takes an empty group for none", () => {
    expect(resolve({ consumerGroup: "" }).native.consumerGroup).toBe("c");
    expect(resolve({ consumerGroup: "G" }).native.consumerGroup).toBe("g");
  });

  it.each<[Partial<ConsumerOptions>, unknown]>([
    [{ lastMessages: 0 }, "new"],
    [{ lastMessages: 5 }, { lastMessages: 5 }],
    [{ lastMessages: -1 }, "all"],
    [{ startConsumeFromSequence: 1 }, "all"],
    [{ startConsumeFromSequence: 9 }, { fromSequence: 9 }],
  ])("with %j begins at %j", (options, start) => {
    expect(resolve(options).native.start).toEqual(start);
  });

  it.each([
    [0, 10],
    [11, 10],
    [3, 3],
  ])("asked for %i deliveries gets %i, as from a Memphis broker", (maxMsgDeliveries, maxDeliveries) => {
    expect(resolve({ maxMsgDeliveries }).native.maxDeliveries).toBe(maxDeliveries);
  });

  it("takes durations of 0 and less as memphis-dev does", () => {
    const durations = { pullIntervalMs: 0, batchMaxTimeToWaitMs: -1 };
    expect(resolve(durations)).toMatchObject({ pullIntervalMs: 1, batchMaxTimeToWaitMs: 1_000 });
  });

  it.each<[Partial<ConsumerOptions>]>([
    [{ batchSize: 0 }],
    [{ batchSize: 5_001 }],
    [{ pullIntervalMs: "soon" as never }],
    [{ batchMaxTimeToWaitMs: 1.5 }],
    [{ startConsumeFromSequence: 0 }],
    [{ lastMessages: -2 }],
    [{ lastMessages: 1, startConsumeFromSequence: 2 }],
    [{ partitionKey: "k" } as never],
  ])("is refused when it is %j", (options) => {
    expect(() => resolve(options)).toThrow(UsageError);
  });
});
