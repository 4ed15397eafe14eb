import { connect } from "@stationkit/core-protocol";

const servers = process.env["NATS_URL"] ?? "127.0.0.1:4222";

await using connection = await connect({ servers });
connection.on("status", (status) => {
  console.log(status.type); // closed
});
console.log(connection.state, connection.server.maxPayloadBytes); // connected 1048576
