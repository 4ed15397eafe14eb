import { ConsumerGroupNotFoundError, StationNotFoundError } from "@stationkit/core-protocol";
import type { ConsumerGroupDescription } from "@stationkit/station-admin";
import { freshName } from "@stationkit/test-kit/vitest";
import { describe, expect, it } from "vitest";
import { useBroker } from "./support/broker.js";

const broker = useBroker();

/** A durable as members make it. */
async function makeDurable(station: string, partition: number, overrides: object = {}): Promise<void> {
  const stream = `${station.replaceAll(".", "#")}$${partition}`;
  const config = {
    ...{ durable_name: "billing#eu", ack_policy: "explicit", ack_wait: 1_500_000_000, max_deliver: -1 },
    ...{ filter_subject: `${stream}.final`, metadata: { "stationkit.max-deliveries": "3" } },
    ...overrides,
  };
  const { durable_name: durable } = config;
  const { error } = await broker.api(`CONSUMER.CREATE.${stream}.${durable}`, { stream_name: stream, config });
  expect(error).toBeUndefined();
}

/** A member gets a message, and leaves it unanswered. */
async function takeOne(nextSubject: string): Promise<void> {
  const { natsConnection } = broker.connection;
  await new Promise<void>((resolve) => {
    // Not a request: the message comes under its own subject.
    const inbox = natsConnection.subscribe(`${nextSubject}.inbox`, {
      max: 1,
      callback: () => {
        resolve();
      },
    });
    natsConnection.publish(nextSubject, JSON.stringify({ batch: 1 }), { reply: inbox.getSubject() });
  });
}

async function listed(station: string): Promise<ConsumerGroupDescription[]> {
  const groups: ConsumerGroupDescription[] = [];
  for await (const group of broker.admin.consumerGroups(station).list()) groups.push(group);
  return groups;
}

describe("consumer groups", () => {
  it("are told with their settings, and how far they are on each partition", async () => {
    const station = freshName("with.dots");
    await broker.admin.create({ name: station, partitions: 2 });
    await makeDurable(station, 1);
    await makeDurable(station, 2);
    await makeDurable(station, 2, { durable_name: "audit", metadata: {}, max_deliver: 7 });
    await broker.publish(station, 1, 2);
    await broker.publish(station, 2, 3);
    const stream = `${station.replaceAll(".", "#")}$2`;
    await takeOne(`$JS.API.CONSUMER.MSG.NEXT.${stream}.billing#eu`);
    const quiet = { redelivered: 0, answeredSequence: 0, openRequests: 0 };
    expect(await listed(station)).toEqual([
      {
        name: "audit",
        settings: { partitions: "shared", ackTimeoutMs: 1_500, maxDeliveries: 7 },
        partitions: [{ partition: 2, pending: 3, inFlight: 0, ...quiet }],
        totals: { pending: 3, inFlight: 0, redelivered: 0, openRequests: 0 },
      },
      {
        name: "billing.eu",
        settings: { partitions: "shared", ackTimeoutMs: 1_500, maxDeliveries: 3 },
        partitions: [
          { partition: 1, pending: 2, inFlight: 0, ...quiet },
          { partition: 2, pending: 2, inFlight: 1, ...quiet },
        ],
        totals: { pending: 4, inFlight: 1, redelivered: 0, openRequests: 0 },
      },
    ]);
  });

  it("are not what no group could read", async () => {
    const station = freshName();
    await broker.admin.create({ name: station });
    await makeDurable(station, 1, { durable_name: "Upper" });
    await makeDurable(station, 1, { durable_name: "push", deliver_subject: "somewhere" });
    await makeDurable(station, 1, { durable_name: "_private" });
    expect(await listed(station)).toEqual([]);
  });

  it("are forgotten on every partition, with nothing of the others", async () => {
    const station = freshName();
    await broker.admin.create({ name: station, partitions: 3 });
    for (const partition of [1, 3]) await makeDurable(station, partition);
    await makeDurable(station, 1, { durable_name: "audit" });
    await broker.publish(station, 1);
    await broker.admin.consumerGroups(station).destroy("Billing.EU");
    expect((await listed(station)).map(({ name }) => name)).toEqual(["audit"]);
    expect((await broker.admin.describe(station)).totals.messages).toBe(1);
    const again = broker.admin.consumerGroups(station).destroy("billing.eu");
    await expect(again).rejects.toBeInstanceOf(ConsumerGroupNotFoundError);
    await expect(again).rejects.toMatchObject({ group: "billing.eu" });
  });

  it("are those of a station that exists", async () => {
    const missing = freshName();
    await expect(listed(missing)).rejects.toBeInstanceOf(StationNotFoundError);
    await expect(broker.admin.consumerGroups(missing).destroy("g")).rejects.toBeInstanceOf(StationNotFoundError);
  });
});
