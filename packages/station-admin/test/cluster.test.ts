import { connect, type Connection, ResourceLimitError } from "@stationkit/core-protocol";
import { type NatsCluster, startCluster } from "@stationkit/embedded-nats";
import { createStationAdmin } from "@stationkit/station-admin";
import { freshName, rejection } from "@stationkit/test-kit/vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agreed } from "./support/expect-station.js";

describe("a cluster of three", () => {
  let cluster: NatsCluster;
  const connections: Connection[] = [];

  beforeAll(async () => {
    cluster = await startCluster({ size: 3 });
    for (const url of [...cluster.urls, ...cluster.urls]) connections.push(await connect({ servers: url }));
  });
  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await cluster.stop();
  });

  it("gives each partition three replicas when nothing is said, and tells their state", async () => {
    const name = freshName();
    const admin = createStationAdmin(connections[0]!);
    expect((await admin.ensure({ name, partitions: 2 })).settings.replicas).toBe(3);
    const { partitions } = await admin.describe(name);
    expect(partitions[1]?.leader).toMatch(/^embedded-[123]$/);
    expect(partitions[1]?.replicas).toHaveLength(2);
  });

  it("refuses more replicas than it has servers", async () => {
    const error = await rejection(createStationAdmin(connections[0]!).create({ name: freshName(), replicas: 5 }));
    expect(error).toBeInstanceOf(ResourceLimitError);
    expect(error.message).toContain("replicas is 5");
  });

  it("ends with one station when six clients on three servers ensure it with other settings", async () => {
    for (let round = 0; round < 3; round++) {
      const name = freshName();
      const stations = await Promise.all(
        connections.map((connection, index) =>
          createStationAdmin(connection).ensure({
            name,
            partitions: 1 + index,
            storage: index % 2 === 0 ? "file" : "memory",
          }),
        ),
      );
      const description = await createStationAdmin(connections[0]!).describe(name);
      expect(description.partitions.map((one) => one.state)).toEqual(description.partitions.map(() => "ready"));
      for (const station of stations) expect(agreed(station)).toEqual(agreed(description));
    }
  });
});

it("a cluster of two makes one copy where nothing is said", async () => {
  await using cluster = await startCluster({ size: 2 });
  await using connection = await connect({ servers: cluster.urls[0]! });
  const station = await createStationAdmin(connection).ensure({ name: freshName(), partitions: 2 });
  expect(station.settings.replicas).toBe(1);
});
