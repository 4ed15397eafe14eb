import { BrokerError } from "@stationkit/core-protocol";
import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor/index.js";
import type { CompiledSchema, SchemaSource } from "./schema-source.js";

/** What the extension adds to a root, which its types do not tell. */
interface DescribedRoot {
  toDescriptor(syntax: "proto2" | "proto3"): protobuf.Message & descriptor.IFileDescriptorSet;
}

const SYNTAX_3 = /^\s*syntax\s*=\s*["']proto3["']/m;

/**
 * Finds out what SDKs need beside the source: the first message of the file, whose schema it is, and for memphis.go the compiled
 * descriptors, of a file that it looks up as `<schema>_<version>.proto`.
 * @throws {Error} for what does not compile, and for imports other than Google's own.
 * @see memphis-protocol.md section 8.1
 */
export function compileProtobuf({ name, content, number }: SchemaSource): CompiledSchema {
  const { root, package: packageName, imports = [] } = protobuf.parse(content, { keepCase: true });
  for (const file of imports) root.addJSON(requireCommon(file));
  root.resolveAll();
  const own = packageName === undefined ? root : root.lookup(packageName);
  const messages = own instanceof protobuf.Namespace ? own.nestedArray : [];
  const message = messages.find((one) => one instanceof protobuf.Type);
  if (!(own instanceof protobuf.Namespace) || message === undefined)
    throw new BrokerError("Schema refused: it has no message");
  own.filename = `${name}_${number}.proto`;
  const files = (root as unknown as DescribedRoot).toDescriptor(SYNTAX_3.test(content) ? "proto3" : "proto2");
  const others = files.file.filter((file) => file.name !== own.filename).map((file) => file.name);
  for (const file of files.file) if (file.name === own.filename) file.dependency = others;
  const bytes = descriptor.FileDescriptorSet.encode(files).finish();
  return { descriptor: Buffer.from(bytes).toString("base64"), messageName: message.name };
}

function requireCommon(file: string): Record<string, protobuf.AnyNestedObject> {
  const common = protobuf.common.get(file);
  if (common?.nested === undefined) throw new BrokerError(`Schema refused: it imports ${file}, which nobody has`);
  return common.nested;
}
