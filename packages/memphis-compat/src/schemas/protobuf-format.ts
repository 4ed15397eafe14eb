import { types } from "node:util";
import type { Root, Type } from "protobufjs";
import { loadPackage } from "./load-package.js";
import { type MessageFormat, unsupported } from "./message-format.js";

/**
 * A message type of a `.proto` file. Its fields are called in camelCase, as memphis-dev has them.
 * @param messageName - with or without its package; empty: the file's first message.
 * @throws {Error} for what is no `.proto` file, imports others than Google's own types, or lacks the message.
 */
export async function protobufFormat(content: string, messageName: string): Promise<MessageFormat> {
  const { default: protobuf } = await loadPackage(["protobufjs"], () => import("protobufjs"));
  const { root, imports = [], weakImports = [] } = protobuf.parse(content, new protobuf.Root());
  for (const file of [...imports, ...weakImports]) {
    const known = protobuf.common.get(file);
    if (known?.nested === undefined) throw new Error(`it imports ${file}, and a schema is one file`);
    root.addJSON(known.nested);
  }
  root.resolveAll();
  const type = messageName === "" ? firstMessage(root, protobuf.Type) : root.lookupType(messageName);
  return {
    encode(message) {
      if (types.isUint8Array(message)) {
        type.decode(message);
        return message;
      }
      if (typeof message !== "object" || message === null) throw unsupported(message, "an object, or its encoding");
      const problem = type.verify(message);
      if (problem !== null) throw new Error(problem);
      return type.encode(type.create(message)).finish();
    },
    decode: (data) => type.decode(data),
  };
}

function firstMessage(root: Root, MessageType: typeof Type): Type {
  const queue = [...root.nestedArray];
  for (const object of queue) {
    if (object instanceof MessageType) {
      if (!object.fullName.startsWith(".google.protobuf.")) return object;
    } else if ("nestedArray" in object) queue.push(...(object as Root).nestedArray);
  }
  throw new Error("it has no message");
}
