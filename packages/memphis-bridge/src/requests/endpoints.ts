import { consumerCreations, consumerDestructions } from "./consumer-requests.js";
import type { Endpoint } from "./endpoint.js";
import { producerCreations, producerDestructions } from "./producer-requests.js";
import { schemaAttachments, schemaCreations, schemaDetachments } from "./schema-requests.js";
import { stationCreations, stationDestructions } from "./station-requests.js";

/** Every request that SDKs make. */
export const endpoints: readonly Endpoint[] = [
  stationCreations,
  stationDestructions,
  producerCreations,
  producerDestructions,
  consumerCreations,
  consumerDestructions,
  schemaCreations,
  schemaAttachments,
  schemaDetachments,
];
