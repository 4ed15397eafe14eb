import { type NatsServer, startNats } from "@stationkit/embedded-nats";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../src/index.js";
import { clientsOf, expectNoClients } from "./support/broker.js";

let server: NatsServer;
beforeAll(async () => {
  server = await startNats();
});
afterEach(() => expectNoClients(server));
afterAll(() => server.stop());

/** What a broker has made at its first start. */
const BROKER_STREAM = {
  name: "$memphis_dls_schemaverse",
  subjects: ["$memphis_schemaverse_inner_dls"],
  storage: "memory",
  retention: "workqueue",
};

describe("the control plane of a real server", () => {
  it("is JetStream's, found out by one question at most, which changes nothing", async () => {
    await using connection = await connect({ servers: server.url });
    const before = connection.natsConnection.stats().outMsgs;
    expect(await Promise.all([connection.controlPlane(), connection.controlPlane()])).toEqual([
      "jetstream",
      "jetstream",
    ]);
    expect(await connection.controlPlane()).toBe("jetstream");
    const asked = connection.server.jetStreamApiLevel > 0 ? 0 : 1;
    expect(connection.natsConnection.stats().outMsgs - before).toBe(asked);
    const account = await connection.jetStream.request<{ streams: number }>("INFO");
    expect(account.streams).toBe(0);
  });

  it("is Memphis's where its broker's stream is, unless the server is newer than any of Memphis's", async () => {
    await using connection = await connect({ servers: server.url });
    await connection.jetStream.request(`STREAM.CREATE.${BROKER_STREAM.name}`, BROKER_STREAM);
    const expected = connection.server.jetStreamApiLevel > 0 ? "jetstream" : "memphis";
    expect(await connection.controlPlane()).toBe(expected);
    await connection.jetStream.request(`STREAM.DELETE.${BROKER_STREAM.name}`);
    expect(await connection.controlPlane()).toBe(expected);
  });

  it("names the connection as a Memphis broker knows its clients, when it is asked for by name", async () => {
    await using memphis = await connect({ servers: server.url, controlPlane: "memphis" });
    const { connections } = await clientsOf(server);
    expect(connections.map(({ name }) => name)).toEqual([`${memphis.id}::root`]);
  });
});
