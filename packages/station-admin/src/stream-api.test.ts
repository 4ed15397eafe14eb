import { BrokerError, type Connection } from "@stationkit/core-protocol";
import { expect, it } from "vitest";
import { Operation } from "./operation.js";
import { createStream } from "./stream-api.js";
import type { StreamConfig } from "./stream-wire.js";

const config: StreamConfig = { name: "a$1", retention: "limits", storage: "file", num_replicas: 1 };
const fresh = {
  config,
  created: "2026-01-01T00:00:00Z",
  state: { messages: 0, last_seq: 0, last_ts: "0001-01-01T00:00:00Z" },
};

/** Refuses so often, then adds the stream. */
function operationRefused(times: number, text: string, serverErrorCode: number): Operation {
  let left = times;
  const request = (): Promise<object> =>
    left-- > 0 ? Promise.reject(new BrokerError(text, { serverCode: 500, serverErrorCode })) : Promise.resolve(fresh);
  return new Operation({ jetStream: { prefix: "$JS.API", request } } as unknown as Connection, { timeoutMs: 5_000 });
}

it("adds a stream again when the server was still removing the last one's directory", async () => {
  expect(await createStream(operationRefused(2, "error creating store for stream", 10049), config)).toBe("created");
});

it("tells a store that goes on failing", async () => {
  const operation = operationRefused(99, "error creating store for stream", 10049);
  await expect(createStream(operation, config)).rejects.toThrow("creating store");
});

it("takes an older cluster's refusal of a simultaneous addition for a name in use", async () => {
  const text = "stream configuration update can not change storage type";
  expect(await createStream(operationRefused(1, text, 10052), config)).toBe("in-use");
  await expect(createStream(operationRefused(1, "max age is wrong", 10052), config)).rejects.toThrow("max age");
});
