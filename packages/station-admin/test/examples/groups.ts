import { connect } from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";

await using connection = await connect({ servers: process.env["NATS_URL"] ?? "127.0.0.1:4222" });
const admin = createStationAdmin(connection);
await admin.ensure({ name: "orders" });

let groups = 0;
for await (const { name, totals } of admin.consumerGroups("orders").list()) {
  groups++;
  if (totals.openRequests === 0 && name.startsWith("proof-")) await admin.consumerGroups("orders").destroy(name);
}
console.log(groups); // 0

await admin.destroy("orders");
