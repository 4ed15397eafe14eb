import { BrokerError } from "@stationkit/core-protocol";
import {
  decodeStationCreation,
  decodeStationDestruction,
  normalizeStationCreation,
  type NormalizedStationCreation,
} from "@stationkit/core-protocol/control";
import type { BridgeContext } from "../context.js";
import { ensureStation, findStation, toRetentionPolicy } from "../stations.js";
import { type Endpoint, plainEndpoint } from "./endpoint.js";
import { forgetUnmade } from "./forget-unmade.js";
import { requestedStation } from "./requested-names.js";
import { requireSchema } from "./schema-requests.js";

/**
 * A station that exists is left as it is, and the answer is ok, as a Memphis broker's.
 * @see memphis-protocol.md section 3.1
 */
export const stationCreations: Endpoint = plainEndpoint("stationCreations", async (context, payload) => {
  const request = decodeStationCreation(payload);
  const name = requestedStation(request.stationName);
  if ((await findStation(context, name)) === undefined) {
    await create(context, normalizeStationCreation(request));
    return;
  }
  // It may be half made, by a bridge that died.
  await context.state.settleStation(await ensureStation(context, name));
});

/**
 * What streams cannot carry is written down first: whoever goes on after this bridge died finds it.
 * @throws {BrokerError} for a schema that does not exist, where a Memphis broker answers ok and makes nothing, and for a station that shall
 *   hold its own dead letters: its groups would be sent them again, and give them up again, for ever.
 */
async function create(context: BridgeContext, request: NormalizedStationCreation): Promise<void> {
  const { admin, state } = context;
  const { stationName: name, dlsStation } = request;
  if (dlsStation === name) throw new BrokerError(`DLS station "${name}" must be another station`);
  const schema = request.schemaName === undefined ? undefined : await requireSchema(context, request.schemaName);
  if (dlsStation !== undefined) await ensureStation(context, dlsStation);
  await state.announceStation(name, {
    dls: request.dlsConfiguration,
    schema: schema && { name: schema.name, version: schema.active },
  });
  try {
    const station = await admin.ensure({
      name,
      partitions: request.partitions,
      retention: toRetentionPolicy(request.retention),
      storage: request.storage,
      replicas: request.replicas,
      idempotencyWindowMs: request.idempotencyWindowMs,
      ...(dlsStation !== undefined && { dlsStation }),
    });
    await state.settleStation(station);
  } catch (error) {
    await forgetUnmade(context, name, error);
    throw error;
  }
}

/** @see memphis-protocol.md section 3.2 */
export const stationDestructions: Endpoint = plainEndpoint("stationDestructions", async ({ admin, state }, payload) => {
  const name = requestedStation(decodeStationDestruction(payload).stationName);
  const known = await state.lastRevision();
  await admin.destroy(name);
  await state.forgetStation(name, known);
});
