import { encodeJson } from "./encode-json.js";
import { JsonObject } from "./json-object.js";
import { schemaFromWire, schemaToWire, type StationSchema } from "./station-schema.js";

/** What a broker says on `schemaUpdatesSubject`. A new version that is made active later is not told. */
export type SchemaUpdate = { readonly type: "set"; readonly schema: StationSchema } | { readonly type: "drop" };

/** Values of `UpdateType`. @see memphis-protocol.md section 3.8 */
const UPDATE_TYPE = Object.freeze({ set: 1, drop: 2 });

/** Writes `UpdateType` with its capital letters: the wire has it so. @see memphis-protocol.md section 3.8 */
export function encodeSchemaUpdate(update: SchemaUpdate): Uint8Array {
  return encodeJson({
    UpdateType: UPDATE_TYPE[update.type],
    init: schemaToWire(update.type === "set" ? update.schema : undefined),
  });
}

/**
 * A drop is what either rule of the SDKs takes for one: `UpdateType` 2 (memphis.go), or no schema name (memphis.js, memphis.py).
 * @throws {MalformedMessageError} outcome `unknown`.
 */
export function decodeSchemaUpdate(bytes: Uint8Array): SchemaUpdate {
  const body = JsonObject.parse(bytes, { messageKind: "schema update", outcome: "unknown" });
  if (body.integer("UpdateType") === UPDATE_TYPE.drop) return { type: "drop" };
  const schema = schemaFromWire(body.object("init"));
  return schema === undefined ? { type: "drop" } : { type: "set", schema };
}
