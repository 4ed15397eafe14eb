import { BrokerError } from "@stationkit/core-protocol";
import {
  consumerCreationFailure,
  decodeConsumerCreation,
  decodeConsumerDestruction,
  destroysByConnection,
  encodeConsumerCreationReply,
  normalizeConsumerCreation,
} from "@stationkit/core-protocol/control";
import { ensureDurables } from "../groups/durables.js";
import { joinGroup, leaveGroup } from "../groups/membership.js";
import type { BridgeContext } from "../context.js";
import { clientStation, requireStation } from "../stations.js";
import { type Endpoint, plainEndpoint } from "./endpoint.js";
import { requestedConsumer, requestedStation } from "./requested-names.js";

/** @see memphis-protocol.md sections 3.5 and 9 */
export const consumerCreations: Endpoint = {
  name: "consumerCreations",
  async answer(context, payload) {
    const request = normalizeConsumerCreation(decodeConsumerCreation(payload));
    const { station, schema } = await clientStation(context, request);
    // First: whoever destroys the last other consumer of the group sees that it is not the last.
    const member = { consumer: request.consumerName, connectionId: request.connectionId };
    await joinGroup(context, { station, group: request.consumerGroup }, member);
    await ensureDurables(context, station, request);
    return encodeConsumerCreationReply({ error: "", schema, partitions: station.partitions });
  },
  refuse: (error) => encodeConsumerCreationReply(consumerCreationFailure(error)),
};

/**
 * The group keeps its place as long as anybody else is in it.
 * @see memphis-protocol.md section 3.6
 */
export const consumerDestructions: Endpoint = {
  ...plainEndpoint("consumerDestructions", destroyConsumer),
  mostlyWaits: true,
};

async function destroyConsumer(context: BridgeContext, payload: Uint8Array): Promise<void> {
  const request = decodeConsumerDestruction(payload);
  const member = {
    consumer: requestedConsumer(request.name),
    connectionId: destroysByConnection(request.requestVersion) ? request.connectionId : undefined,
  };
  const station = await requireStation(context, requestedStation(request.stationName));
  const groups = await context.state.groups.groupsOf(station, member);
  if (groups.length === 0) {
    throw new BrokerError(`consumer "${member.consumer}" of station "${station.name}" does not exist`);
  }
  await Promise.all(groups.map((group) => leaveGroup(context, { station, group }, member)));
}
