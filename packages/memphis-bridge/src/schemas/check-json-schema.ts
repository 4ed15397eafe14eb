import { createRequire } from "node:module";
import { Ajv, type AnySchema, type AnySchemaObject } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import draft4 from "ajv-draft-04";

/** Formats, and words beyond the standards, are no reason to refuse a schema: SDKs may know them. */
const OPTIONS = { strict: false, validateFormats: false, logger: false } as const;
/** JSON modules are an experiment in Node 20. */
const DRAFT_6 = createRequire(import.meta.url)("ajv/dist/refs/json-schema-draft-06.json") as AnySchemaObject;

/** @throws {Error} for what is no JSON Schema of the draft that it names, draft 7 where it names none. */
export function checkJsonSchema(content: string): void {
  const schema = JSON.parse(content) as AnySchema | null;
  if (schema === null) throw new Error("null is no schema");
  validatorFor(schema).compile(schema);
}

function validatorFor(schema: AnySchema): Pick<Ajv, "compile"> {
  const draft = typeof schema === "object" && typeof schema.$schema === "string" ? schema.$schema : "";
  if (draft.includes("draft-04")) return new draft4.default(OPTIONS);
  if (draft.includes("draft-06")) return new Ajv(OPTIONS).addMetaSchema(DRAFT_6);
  if (draft.includes("2019-09")) return new Ajv2019(OPTIONS);
  if (draft.includes("2020-12")) return new Ajv2020(OPTIONS);
  return new Ajv(OPTIONS);
}
