import { connect, StationkitError } from "@stationkit/core-protocol";

try {
  await connect({ servers: "127.0.0.1:1", connectTimeoutMs: 1_000 });
} catch (error) {
  if (!StationkitError.is(error)) throw error;
  console.log(error.code, error.retryable, error.outcome); // SK_CONNECTION_FAILED true not-sent
}
