import { types } from "node:util";
import type { DocumentNode } from "graphql";
import { loadPackage } from "./load-package.js";
import { bytesOf, type MessageFormat, unsupported, utf8 } from "./message-format.js";

/**
 * A GraphQL schema in its definition language. A message is a query document: text, bytes, or what `parse` of graphql gives.
 * @throws {Error} for what is no schema.
 */
export async function graphqlFormat(content: string): Promise<MessageFormat> {
  const { buildSchema, parse, print, validate } = await loadPackage(["graphql"], () => import("graphql"));
  const schema = buildSchema(content);
  const check = (document: DocumentNode): void => {
    const errors = validate(schema, document);
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("; "));
  };
  return {
    encode(message) {
      if (types.isUint8Array(message)) {
        check(parse(utf8(message)));
        return message;
      }
      if (typeof message === "string") {
        check(parse(message));
        return bytesOf(message);
      }
      if (!isDocument(message)) throw unsupported(message, "a query as text, bytes or document");
      check(message);
      return bytesOf(message.loc?.source.body ?? print(message));
    },
    decode(data) {
      const text = utf8(data);
      check(parse(text));
      return text;
    },
  };
}

function isDocument(message: unknown): message is DocumentNode {
  return typeof message === "object" && message !== null && (message as { kind?: unknown }).kind === "Document";
}
