import { connect } from "@stationkit/core-protocol";

const connection = await connect({
  host: "127.0.0.1",
  port: Number(process.env["NATS_PORT"] ?? 6666),
  username: "root",
  password: "memphis-1",
  accountId: 1,
});
console.log(connection.username, connection.state); // root connected
await connection.close();
