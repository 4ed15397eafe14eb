import { connect } from "@stationkit/core-protocol";
import { startCluster } from "@stationkit/embedded-nats";
import { createStationAdmin } from "@stationkit/station-admin";
import { failOnUnhandledRejections } from "@stationkit/test-kit/vitest";
import { expect, it, vi } from "vitest";
import { serveMemphis } from "../src/index.js";
import { connectMemphis } from "./support/stage.js";

failOnUnhandledRejections();

it(
  "a bridge on a cluster keeps three copies of what it knows, and goes on without one server",
  { timeout: 120_000 },
  async () => {
    await using cluster = await startCluster();
    await using connection = await connect({ servers: cluster.urls });
    await serveMemphis(connection);
    const config = async (stream: string): Promise<{ num_replicas: number }> =>
      (await connection.jetStream.request<{ config: { num_replicas: number } }>(`STREAM.INFO.${stream}`)).config;
    for (const stream of ["KV_memphis_bridge", "memphis_bridge_events"])
      expect((await config(stream)).num_replicas).toBe(3);
    const [first, , last] = cluster.servers;
    const memphis = await connectMemphis(last!.port);
    await memphis.station({ name: "orders", replicas: 2, partitionsNumber: 2, sendSchemaFailedMsgToDls: false });
    const { settings } = await createStationAdmin(connection).describe("orders");
    expect(settings.replicas).toBe(3);

    const group = { stationName: "orders", consumerGroup: "g" };
    const durables = async (): Promise<unknown> =>
      (await connection.jetStream.request<{ consumers: unknown }>("CONSUMER.NAMES.orders$2")).consumers;
    // All at once: each changes what is written of the group while the others' changes are on their way to the copies.
    const consumers = await Promise.all(
      ["c1", "c2", "c3", "c4", "c5", "c6"].map((consumerName) => memphis.consumer({ ...group, consumerName })),
    );
    expect(await durables()).toEqual(["g"]);
    await Promise.all(consumers.map((consumer) => consumer.destroy()));
    expect((await durables()) ?? []).toEqual([]);
    await memphis.consumer({ ...group, consumerName: "c1" });
    expect(await durables()).toEqual(["g"]);

    await first!.kill();
    await vi.waitFor(() => memphis.producer({ stationName: "orders", producerName: "p" }), {
      timeout: 60_000,
      interval: 200,
    });
    expect(memphis.stationSchemaverseToDlsMap.get("orders")).toBe(false);
    await vi.waitFor(
      () => memphis.produce({ stationName: "orders", producerName: "p", message: "m", asyncProduce: false }),
      { timeout: 60_000, interval: 200 },
    );
    await memphis.close();
  },
);
