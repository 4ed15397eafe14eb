import { connect } from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";
import { createMemphisClient } from "@stationkit/station-admin/memphis";

const servers = process.env["NATS_URL"] ?? "127.0.0.1:6666";
await using connection = await connect({ servers, controlPlane: "memphis" });
await createStationAdmin(connection).ensure({ name: "orders", partitions: 2 });

const client = createMemphisClient(connection);
await client.createSchema({ schemaName: "order", schemaType: "json", schemaContent: '{"type":"object"}' });
await client.attachSchema({ schemaName: "order", stationName: "orders" });
console.log(await client.destroyStation("orders")); // true
