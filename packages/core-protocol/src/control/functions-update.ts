import { encodeJson } from "./encode-json.js";
import { JsonObject } from "./json-object.js";
import { type FirstFunctions, functionsToWire } from "./partition-fields.js";

/** What a Memphis cloud broker says on `functionsUpdatesSubject`: it replaces all that was known. */
export interface FunctionsUpdate {
  readonly firstFunctions: FirstFunctions;
}

/** @see memphis-protocol.md section 3.8 */
export function encodeFunctionsUpdate(update: FunctionsUpdate): Uint8Array {
  return encodeJson({ functions: functionsToWire(update.firstFunctions) });
}

/** @throws {MalformedMessageError} outcome `unknown`. */
export function decodeFunctionsUpdate(bytes: Uint8Array): FunctionsUpdate {
  const body = JsonObject.parse(bytes, { messageKind: "functions update", outcome: "unknown" });
  return { firstFunctions: body.integerMap("functions") };
}
