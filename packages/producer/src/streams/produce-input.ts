import { UsageError } from "@stationkit/core-protocol";
import type { ProduceRequest } from "../produce-request.js";
import type { ProduceInput } from "../producer.js";

/** Makes a request of an item: bytes and texts are messages, any other object must be a request itself. */
export function toRequest<T>(input: ProduceInput<T>): ProduceRequest<T> {
  if (typeof input === "string" || input instanceof Uint8Array) return { message: input as T };
  if (typeof input === "object" && (input as unknown) !== null && "message" in input) return input;
  throw new UsageError("each item must be { message, … }, a string or a Uint8Array");
}
