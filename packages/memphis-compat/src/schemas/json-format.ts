import { createRequire } from "node:module";
import { types } from "node:util";
import type ajvCore from "ajv/dist/core.js";
import type { AnySchemaObject, ErrorObject, Options, ValidateFunction } from "ajv";
import { loadPackage } from "./load-package.js";
import { bytesOf, type MessageFormat, parseJson, unsupported } from "./message-format.js";

/**
 * A JSON schema of the draft that its `$schema` names: draft-04, -06, -07 (also where nothing is named), 2019-09 or 2020-12. Keywords and
 * formats that the draft does not know are not looked at, as the standard has it.
 * @throws {Error} for what is no schema.
 */
export async function jsonFormat(content: string): Promise<MessageFormat> {
  const schema: unknown = JSON.parse(content);
  const validate = await compile(schema);
  const check = (value: unknown): void => {
    if (!validate(value)) throw new Error(describe(validate.errors ?? []));
  };
  return {
    encode(message) {
      if (types.isUint8Array(message)) {
        check(parseJson(message));
        return message;
      }
      if (typeof message !== "object" || message === null) throw unsupported(message, "an object, or JSON as bytes");
      const text = JSON.stringify(message);
      // As it will be read: without what JSON leaves out, and with dates as text.
      check(JSON.parse(text));
      return bytesOf(text);
    },
    decode(data) {
      const value = parseJson(data);
      check(value);
      return value;
    },
  };
}

const OPTIONS: Options = { strict: false, logger: false, allErrors: true };
const PACKAGES = ["ajv", "ajv-formats"];

async function compile(schema: unknown): Promise<ValidateFunction> {
  const ajv = await createAjv(dialectOf(schema));
  const { default: formats } = await loadPackage(PACKAGES, () => import("ajv-formats"));
  formats.default(ajv);
  return ajv.compile(schema as object);
}

/** The draft as its URI has it, whatever its scheme and end. */
function dialectOf(schema: unknown): string {
  const uri = typeof schema === "object" && schema !== null ? (schema as { $schema?: unknown }).$schema : undefined;
  return /json-schema\.org\/(?:draft\/)?([^/]+)\/schema/.exec(typeof uri === "string" ? uri : "")?.[1] ?? "draft-07";
}

/** What all of ajv's classes have in common. */
type AnyAjv = ajvCore.default;

async function createAjv(dialect: string): Promise<AnyAjv> {
  switch (dialect) {
    case "draft-04": {
      const { default: draft04 } = await loadPackage([...PACKAGES, "ajv-draft-04"], () => import("ajv-draft-04"));
      return new draft04.default(OPTIONS);
    }
    case "2019-09":
      return new (await loadPackage(PACKAGES, () => import("ajv/dist/2019.js"))).default.default(OPTIONS);
    case "2020-12":
      return new (await loadPackage(PACKAGES, () => import("ajv/dist/2020.js"))).default.default(OPTIONS);
    default: {
      const ajv = new (await loadPackage(PACKAGES, () => import("ajv"))).default.default(OPTIONS);
      if (dialect === "draft-06") ajv.addMetaSchema(load(DRAFT_06) as AnySchemaObject);
      return ajv;
    }
  }
}

/** Not by `import`: Node 20 calls JSON modules experimental, in a warning. */
const load: (file: string) => unknown = createRequire(import.meta.url);
const DRAFT_06 = "ajv/dist/refs/json-schema-draft-06.json";

function describe(errors: readonly ErrorObject[]): string {
  return errors
    .map(({ instancePath, message = "is refused" }) => `${instancePath || "the message"} ${message}`)
    .join("; ");
}
