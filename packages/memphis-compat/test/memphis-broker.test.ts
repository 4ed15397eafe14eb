import { type Memphis, SchemaValidationError } from "@stationkit/memphis-compat";
import type { AnsweredRequest } from "@stationkit/memphis-bridge";
import { freshName, rejection } from "@stationkit/test-kit/vitest";
import { describe, expect, it, vi } from "vitest";
import { useBridge } from "./support/bridge.js";
import { useCompatBroker } from "./support/compat.js";

/** A Memphis broker's place is taken by the bridge, which answers as one does. */
const broker = useCompatBroker();
const bridge = useBridge(broker);

async function connected(): Promise<{ memphis: Memphis; requests: AnsweredRequest[] }> {
  const requests: AnsweredRequest[] = [];
  const served = await bridge.start();
  served.on("request-answered", (request) => requests.push(request));
  return { memphis: await broker.memphis({ controlPlane: "memphis" }), requests };
}

describe("on a Memphis broker", () => {
  it("stations, producers and consumers are asked for at its control plane, and taken back", async () => {
    const { memphis, requests } = await connected();
    const stationName = broker.station();
    const station = await memphis.station({ name: stationName, partitionsNumber: 2 });
    const producer = await memphis.producer({ stationName, producerName: "p" });
    const consumer = await memphis.consumer({ stationName, consumerName: "c", batchMaxTimeToWaitMs: 20_000 });
    await producer.produce({ message: "m", msgId: "1", asyncProduce: false });
    await producer.produce({ message: "again", msgId: "1", producerPartitionNumber: 1, asyncProduce: false });
    const [message] = await consumer.fetch({ batchSize: 1 });
    expect(message!.getData().toString()).toBe("m");
    expect(message!.getHeaders()).toEqual({ "msg-id": "1" });
    message!.ack();
    await consumer.destroy();
    await producer.destroy();
    await station.destroy();
    await vi.waitFor(() => {
      const asked = new Set(requests.map(({ subject }) => subject));
      for (const of of ["station", "producer", "consumer"]) {
        expect(asked).toContain(`$memphis_${of}_creations`);
        expect(asked).toContain(`$memphis_${of}_destructions`);
      }
    }, 20_000);
    expect(requests.filter(({ error }) => error !== "")).toEqual([]);
  });

  it("takes what plain NATS does not have", async () => {
    const { memphis } = await connected();
    const name = broker.station();
    await memphis.station({ name, tieredStorageEnabled: true, sendPoisonMsgToDls: false });
    await memphis.produce({ stationName: name, producerName: "p", message: "m", asyncProduce: false });
  });

  it("checks messages against schemas", async () => {
    const { memphis } = await connected();
    const stationName = broker.station();
    const schemaName = freshName("schema");
    const schemaFilePath = bridge.file("schema.json", { type: "object", required: ["id"] });
    await memphis.createSchema({ schemaName, schemaType: "json", schemaFilePath });
    await memphis.station({ name: stationName, schemaName });
    const refused = memphis.produce({ stationName, producerName: "p", message: {} });
    expect(await rejection(refused)).toBeInstanceOf(SchemaValidationError);
  });
});
