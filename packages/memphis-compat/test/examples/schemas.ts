import { writeFile } from "node:fs/promises";
import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { serveMemphis } from "@stationkit/memphis-bridge";
import { createMemphisInstance, SchemaValidationError } from "@stationkit/memphis-compat";

await using server = await startNats();
await using connection = await connect({ servers: server.url });
await using bridge = await serveMemphis(connection); // or: npx @stationkit/memphis-bridge --server <url>
bridge.on("failed", (error) => {
  console.error(error.message);
});

const schemaFilePath = `${server.storeDir}/order.json`;
await writeFile(schemaFilePath, JSON.stringify({ type: "object", required: ["id"] }));

const memphis = createMemphisInstance();
await memphis.connect({ host: "127.0.0.1", port: server.port, username: "root", password: "memphis" });
await memphis.createSchema({ schemaName: "order", schemaType: "json", schemaFilePath });
await memphis.station({ name: "orders", schemaName: "order" });
try {
  await memphis.produce({ stationName: "orders", producerName: "checkout", message: { no: "id" } });
} catch (error) {
  if (error instanceof SchemaValidationError) console.log(error.message); // Schema validation has failed: the message must have required property 'id'
}
await memphis.close();
