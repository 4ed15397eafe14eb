import { BrokerError } from "@stationkit/core-protocol";
import type { CompiledSchema, SchemaSource } from "./schema-source.js";

const NOTHING: CompiledSchema = Object.freeze({ descriptor: "", messageName: "" });

/**
 * Makes sure that a schema can be used, before SDKs get it: memphis.js stops listening for updates over one that it cannot compile. The
 * compilers are loaded when first needed.
 * @throws {BrokerError} with the compiler's words.
 */
export async function compileSchema(source: SchemaSource): Promise<CompiledSchema> {
  try {
    return await compile(source);
  } catch (cause) {
    if (cause instanceof BrokerError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BrokerError(`Schema refused: not a valid ${source.type} schema: ${reason}`, {}, { cause });
  }
}

async function compile(source: SchemaSource): Promise<CompiledSchema> {
  switch (source.type) {
    case "protobuf":
      return (await import("./compile-protobuf.js")).compileProtobuf(source);
    case "json":
      (await import("./check-json-schema.js")).checkJsonSchema(source.content);
      return NOTHING;
    case "graphql":
      (await import("graphql")).buildSchema(source.content);
      return NOTHING;
    case "avro": {
      const { default: avro } = await import("avsc");
      avro.Type.forSchema(JSON.parse(source.content) as Parameters<typeof avro.Type.forSchema>[0]);
      return NOTHING;
    }
  }
}
