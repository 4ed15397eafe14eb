import type { NatsConnection } from "@nats-io/nats-core";
import { encodeHeaderTail, HEADER_PREAMBLE } from "../headers.js";

/** nats.js calls nothing but `encode` on the headers that it publishes. */
type PublishHeaders = NonNullable<NonNullable<Parameters<NatsConnection["publish"]>[2]>["headers"]>;

/** A header block that is there as bytes already, in the form that nats.js takes. */
export function publishedHeaders(block: Uint8Array): PublishHeaders {
  return { encode: () => block } as unknown as PublishHeaders;
}

/** @throws {UsageError} when the block would take more than 65,535 bytes. */
export function headerBlock(lines: string): PublishHeaders {
  return publishedHeaders(Buffer.concat([Buffer.from(HEADER_PREAMBLE, "latin1"), encodeHeaderTail(lines)]));
}
