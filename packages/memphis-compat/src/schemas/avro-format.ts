import { types } from "node:util";
import type { Schema, Type } from "avsc";
import { loadPackage } from "./load-package.js";
import { bytesOf, type MessageFormat, parseJson, unsupported } from "./message-format.js";

/**
 * An Avro schema. On the wire messages stay JSON, as all Memphis SDKs have it. A value of a union may be written bare, or under the name
 * of its branch (`{"string": "x"}`): the SDKs differ.
 * @throws {Error} for what is no schema.
 * @see memphis-protocol.md section 8.2
 */
export async function avroFormat(content: string): Promise<MessageFormat> {
  const { default: avsc } = await loadPackage(["avsc"], () => import("avsc"));
  const schema = JSON.parse(content) as Schema;
  const readings = [
    avsc.Type.forSchema(schema, { wrapUnions: true }),
    tryBare(() => avsc.Type.forSchema(schema, { wrapUnions: false })),
  ];
  const [wrapped, bare] = readings as [Type, Type | undefined];
  const check = (value: unknown): void => {
    if (wrapped.isValid(value) || bare?.isValid(value) === true) return;
    throw new Error(whatIsWrong(bare ?? wrapped, value));
  };
  return {
    encode(message) {
      if (types.isUint8Array(message)) {
        check(parseJson(message));
        return message;
      }
      if (typeof message !== "object" || message === null) throw unsupported(message, "an object, or JSON as bytes");
      const text = JSON.stringify(message);
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

/** A union whose branches look alike cannot be written bare. */
function tryBare(make: () => Type): Type | undefined {
  try {
    return make();
  } catch {
    // The schema itself has been read by then: only this way of writing it does not exist.
    return undefined;
  }
}

function whatIsWrong(type: Type, value: unknown): string {
  const found: string[] = [];
  type.isValid(value, {
    errorHook: (path) => {
      found.push(path.length === 0 ? "the message" : path.join("."));
    },
  });
  return `${found.join(", ")}: not of the schema's type`;
}
