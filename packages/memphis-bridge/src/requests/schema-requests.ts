import { BrokerError, parseStationName } from "@stationkit/core-protocol";
import {
  decodeSchemaAttachment,
  decodeSchemaCreation,
  decodeSchemaDetachment,
  encodeErrorReply,
  encodeSchemaUpdate,
  isSchemaType,
  REPLY_TEXT,
  SCHEMA_TYPES,
  type SchemaUpdate,
  schemaUpdatesSubject,
} from "@stationkit/core-protocol/control";
import type { BridgeContext } from "../context.js";
import { compileSchema } from "../schemas/compile-schema.js";
import { requireSchemaName } from "../schemas/schema-name.js";
import { activeSchema, type SchemaState } from "../state/schema-state.js";
import { findStation, requireStation } from "../stations.js";
import { type Endpoint, plainEndpoint } from "./endpoint.js";
import { requestedStation } from "./requested-names.js";

/**
 * A schema that exists gets a new version.
 * @see memphis-protocol.md section 3.7
 */
export const schemaCreations: Endpoint = {
  name: "schemaCreations",
  async answer(context, payload) {
    const { schemaName, schemaType, schemaContent } = decodeSchemaCreation(payload);
    const name = requireSchemaName(schemaName);
    if (!isSchemaType(schemaType)) {
      throw new BrokerError(`schema type must be one of ${SCHEMA_TYPES.join(", ")}, not ${JSON.stringify(schemaType)}`);
    }
    const before = await context.state.schema(name);
    const number = (before?.versions.length ?? 0) + 1;
    const compiled = await compileSchema({ name, type: schemaType, content: schemaContent, number });
    const version = { content: schemaContent, ...compiled };
    const after = await context.state.changeSchema(name, (current) => {
      if (current === undefined) return { name, type: schemaType, versions: [version], active: 1 };
      if (current.type !== schemaType) {
        throw new BrokerError(`schema "${name}" ${REPLY_TEXT.alreadyExistWithType} ${current.type}`);
      }
      if (current.versions.at(-1)?.content === schemaContent) {
        throw new BrokerError(`schema "${name}" ${REPLY_TEXT.alreadyExists} with this content`);
      }
      const versions = [...current.versions, version];
      const isActive = context.options.newSchemaVersions === "active";
      return { ...current, versions, active: isActive ? versions.length : current.active };
    });
    if (after !== undefined && after.active === after.versions.length && after.active > 1) {
      await announceEverywhere(context, after);
    }
    return encodeErrorReply({ error: "" });
  },
  refuse: (error) => encodeErrorReply({ error }),
};

/** @see memphis-protocol.md section 3.7 */
export const schemaAttachments: Endpoint = plainEndpoint("schemaAttachments", async (context, payload) => {
  const request = decodeSchemaAttachment(payload);
  const station = await requireStation(context, requestedStation(request.stationName));
  const schema = await requireSchema(context, request.schemaName);
  await context.state.changeStation(station, { schema: { name: schema.name, version: schema.active } });
  announce(context, station.name, setUpdate(schema));
});

/** @see memphis-protocol.md section 3.7 */
export const schemaDetachments: Endpoint = plainEndpoint("schemaDetachments", async (context, payload) => {
  const { stationName } = decodeSchemaDetachment(payload);
  const station = await requireStation(context, requestedStation(stationName));
  await context.state.changeStation(station, { schema: undefined });
  announce(context, station.name, { type: "drop" });
});

/** @throws {BrokerError} when there is no such schema. */
export async function requireSchema({ state }: BridgeContext, schemaName: string): Promise<SchemaState> {
  const name = requireSchemaName(schemaName);
  const schema = await state.schema(name);
  if (schema === undefined) throw new BrokerError(`schema "${name}" does not exist`);
  return schema;
}

/** Tells the clients of every station that has the schema. */
async function announceEverywhere(context: BridgeContext, schema: SchemaState): Promise<void> {
  for (const name of await context.state.stationNames()) {
    const station = await findStation(context, parseStationName(name));
    if (station === undefined) continue;
    const { schema: attached } = await context.state.station(station);
    if (attached?.name === schema.name) announce(context, station.name, setUpdate(schema));
  }
}

function setUpdate(schema: SchemaState): SchemaUpdate {
  const active = activeSchema(schema);
  return active === undefined ? { type: "drop" } : { type: "set", schema: active };
}

function announce(
  { connection }: BridgeContext,
  station: Parameters<typeof schemaUpdatesSubject>[0],
  update: SchemaUpdate,
): void {
  connection.natsConnection.publish(schemaUpdatesSubject(station), encodeSchemaUpdate(update));
}
