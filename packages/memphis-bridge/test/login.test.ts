import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { failOnUnhandledRejections } from "@stationkit/test-kit/vitest";
import { createMemphisInstance } from "memphis-dev";
import { expect, it } from "vitest";
import { serveMemphis } from "../src/index.js";
import { address } from "./support/stage.js";

failOnUnhandledRejections();

it("memphis-dev logs in to a server that knows its user by the bare name only", async () => {
  const users = [{ user: "app", password: "secret12" }];
  await using server = await startNats({ config: { authorization: { users } } });
  await using connection = await connect({ servers: server.url, username: "app", password: "secret12" });
  await serveMemphis(connection);
  const login = { ...address(server.port), username: "app" };
  const memphis = await createMemphisInstance().connect({ ...login, password: "secret12" });
  await memphis.station({ name: "orders" });
  await memphis.close();
  await expect(createMemphisInstance().connect({ ...login, password: "wrong" })).rejects.toThrow(/Authorization/i);
});
