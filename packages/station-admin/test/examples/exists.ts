import { connect, StationExistsError } from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";

await using connection = await connect({ servers: process.env["NATS_URL"] ?? "127.0.0.1:4222" });
const admin = createStationAdmin(connection);

await admin.ensure({ name: "payments", partitions: 2 });
const there = await admin.ensure({ name: "payments", partitions: 5 });
console.log(there.partitions.join(" ")); // 1 2

try {
  await admin.create({ name: "payments", partitions: 5 });
} catch (error) {
  if (!(error instanceof StationExistsError)) throw error;
  console.log(JSON.stringify(error.differences)); // [{"setting":"partitions","existing":2,"requested":5}]
}

await admin.destroy("payments");
