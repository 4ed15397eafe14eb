import type { Scenario } from "@stationkit/test-kit";
import { vary } from "../stage.js";
import { acksDropped, connectionCut, halfOpen } from "./network.js";
import { stationDeleted, stationFull } from "./refusals.js";
import { serverKilled, serverPaused, serverTerminated } from "./server-process.js";

/** The same faults while messages are published in batches; where the server has none, one by one after all. */
export const fastIngest: readonly Scenario[] = [
  ...[serverKilled, serverTerminated, serverPaused],
  ...[acksDropped, connectionCut, halfOpen],
  ...[stationDeleted, stationFull],
].map((base) => vary(base, "fast-ingest", { delivery: "fast-ingest" }));
