import { expect, it } from "vitest";
import { useCompatBroker } from "./support/compat.js";

const rights = {
  publish: { allow: ["$JS.API.>", "$JS.ACK.>", "orders$1.final"] },
  subscribe: { allow: ["_INBOX.>"] },
};
const broker = useCompatBroker({
  config: {
    no_auth_user: "observer",
    authorization: {
      users: [
        { user: "root", password: "memphis", permissions: rights },
        { user: "observer", password: "p" },
      ],
    },
  },
});

it("a login of plain NATS that may not speak to a control plane produces and consumes", async () => {
  const memphis = await broker.memphis();
  const producer = await memphis.producer({ stationName: "orders", producerName: "p" });
  await producer.produce({ message: "m", asyncProduce: false });
  const consumer = await memphis.consumer({ stationName: "orders", consumerName: "c", batchMaxTimeToWaitMs: 10_000 });
  const [message] = await consumer.fetch({ batchSize: 1 });
  expect(message!.getData().toString()).toBe("m");
  message!.ack();
  await consumer.destroy();
});
