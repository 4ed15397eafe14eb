import { isSchemaType, type SchemaType, type StationSchema } from "@stationkit/core-protocol/control";
import { SchemaUnusableError, SchemaValidationError } from "../errors.js";
import type { MessageFormat } from "./message-format.js";

type Compile = (schema: StationSchema) => Promise<MessageFormat>;

/** Each kind is loaded when a station first has a schema of it. */
const COMPILERS: Readonly<Record<SchemaType, Compile>> = {
  json: async ({ schemaContent }) => (await import("./json-format.js")).jsonFormat(schemaContent),
  avro: async ({ schemaContent }) => (await import("./avro-format.js")).avroFormat(schemaContent),
  graphql: async ({ schemaContent }) => (await import("./graphql-format.js")).graphqlFormat(schemaContent),
  protobuf: async ({ schemaContent, messageStructName }) =>
    (await import("./protobuf-format.js")).protobufFormat(schemaContent, messageStructName),
};

/** A station's schema, ready for use. */
export interface StationFormat extends MessageFormat {
  readonly schema: StationSchema;
}

/**
 * Makes a schema ready. What its functions throw is a `SchemaValidationError`.
 * @throws {SchemaUnusableError} when its kind is not known, its package not installed, or it cannot be read.
 */
export async function compileFormat(station: string, schema: StationSchema): Promise<StationFormat> {
  const { schemaName, schemaType } = schema;
  const place = { station, schemaName, schemaType };
  const format = await compile();

  async function compile(): Promise<MessageFormat> {
    if (!isSchemaType(schemaType)) throw new SchemaUnusableError(place, "this version does not know its type");
    try {
      return await COMPILERS[schemaType](schema);
    } catch (cause) {
      throw new SchemaUnusableError(place, (cause as Error).message, { cause });
    }
  }

  function refuse<Input, Output>(check: (input: Input) => Output): (input: Input) => Output {
    return (input) => {
      try {
        return check(input);
      } catch (cause) {
        throw new SchemaValidationError(place, (cause as Error).message, { cause });
      }
    };
  }

  return { schema, encode: refuse(format.encode.bind(format)), decode: refuse(format.decode.bind(format)) };
}
