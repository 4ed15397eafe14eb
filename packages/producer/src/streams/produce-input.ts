import { types } from "node:util";
import { UsageError } from "@stationkit/core-protocol";
import type { ProduceRequest } from "../produce-request.js";
import type { ProduceInput } from "../producer.js";

/** Makes a request of an item: bytes and texts are messages, any other object must be a request itself. */
export function toRequest<T>(input: ProduceInput<T>): ProduceRequest<T> {
  if (typeof input === "string" || types.isUint8Array(input)) return { message: input as T };
  if (typeof input !== "object" || (input as unknown) === null || !("message" in input)) {
    throw new UsageError("each item must be { message, … }, a string or a Uint8Array");
  }
  // A `ProduceOptions` passes for a `ProduceRequest`; it would be answered with an acknowledgement where a delivery is needed.
  if ("asyncProduce" in input) throw new UsageError("asyncProduce is for produce() alone: an item must not have it");
  return input;
}
