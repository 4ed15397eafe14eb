import {
  decodeProducerCreation,
  decodeProducerDestruction,
  encodeProducerCreationReply,
  normalizeProducerCreation,
  producerCreationFailure,
  STATION_VERSION_WITH_FUNCTIONS,
} from "@stationkit/core-protocol/control";
import { clientStation } from "../stations.js";
import { type Endpoint, plainEndpoint } from "./endpoint.js";

/**
 * Producers are not registered: nothing depends on it, not even on a Memphis broker.
 * @see memphis-protocol.md section 3.3
 */
export const producerCreations: Endpoint = {
  name: "producerCreations",
  async answer(context, payload) {
    const request = normalizeProducerCreation(decodeProducerCreation(payload));
    const { station, state, schema } = await clientStation(context, request);
    return encodeProducerCreationReply({
      error: "",
      schema,
      partitions: station.partitions,
      schemaverseToDls: state.dls.schemaverse,
      sendNotification: context.options.sendNotifications,
      stationVersion: STATION_VERSION_WITH_FUNCTIONS,
      firstFunctions: new Map(),
    });
  },
  refuse: (error) => encodeProducerCreationReply(producerCreationFailure(error)),
};

/** Ok for every producer, known or not, as with a Memphis broker. @see memphis-protocol.md section 3.4 */
export const producerDestructions: Endpoint = plainEndpoint("producerDestructions", (_context, payload) => {
  decodeProducerDestruction(payload);
  return Promise.resolve();
});
