import type { Scenario } from "@stationkit/test-kit";
import { closeFull } from "./close-full.js";
import * as cluster from "./cluster.js";
import { fastIngest } from "./fast-ingest.js";
import { idleProducers } from "./idle-producers.js";
import { longOutage } from "./long-outage.js";
import * as network from "./network.js";
import { permissionDenied } from "./permission-denied.js";
import { producerKilled } from "./producer-killed.js";
import * as refusals from "./refusals.js";
import * as serverProcess from "./server-process.js";
import { volume } from "./volume.js";

/** In the order in which a campaign runs them. */
export const scenarios: readonly Scenario[] = [
  ...Object.values(serverProcess),
  ...Object.values(network),
  ...Object.values(refusals),
  ...fastIngest,
  permissionDenied,
  closeFull,
  producerKilled,
  ...Object.values(cluster),
  volume,
  longOutage,
  idleProducers,
];
