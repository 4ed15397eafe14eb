import { connect } from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";

await using connection = await connect({ servers: process.env["NATS_URL"] ?? "127.0.0.1:4222" });
const admin = createStationAdmin(connection);
const station = await admin.ensure({ name: "clicks", partitions: 2 });

using watch = admin.watch("clicks", { from: station });
await admin.addPartitions("clicks", { total: 3 });

for await (const event of watch) {
  if (event.type === "destroyed") break;
  console.log(event.type, event.station.partitions.length); // changed 3
  await admin.destroy("clicks");
}
