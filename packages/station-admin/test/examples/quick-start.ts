import { connect } from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";

await using connection = await connect({ servers: process.env["NATS_URL"] ?? "127.0.0.1:4222" });
const admin = createStationAdmin(connection);

await admin.create({
  name: "orders",
  partitions: 4,
  retention: { type: "age", maxAgeMs: 86_400_000 },
});

const { partitions, settings, totals } = await admin.describe("orders");
console.log(partitions.map((partition) => partition.stream).join(" ")); // orders$1 orders$2 orders$3 orders$4
console.log(settings.storage, settings.idempotencyWindowMs, totals.messages); // file 120000 0

await admin.destroy("orders");
