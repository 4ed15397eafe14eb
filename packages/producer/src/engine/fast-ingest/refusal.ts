import type { ApiErrorBody } from "@stationkit/core-protocol";

/** @see nats-server server/errors.json */
const DISABLED = 10_205;
const PATTERN_INVALID = 10_206;
const ID_INVALID = 10_207;
const ID_UNKNOWN = 10_208;
const MIRROR = 10_209;
const TOO_MANY = 10_211;

/**
 * What a refusal says about batches. `unavailable`: this station or server has none. `crowded`: too many are open now. `gone`: the
 * server does not know this batch (any more). `unheard`: nobody listens. `message`: it is about the message, not about the batch.
 */
export type RefusalKind = "unavailable" | "crowded" | "gone" | "unheard" | "message";

export function classifyRefusal({ code, err_code: number = 0 }: ApiErrorBody): RefusalKind {
  if (number === DISABLED || number === PATTERN_INVALID || number === ID_INVALID || number === MIRROR)
    return "unavailable";
  if (number === TOO_MANY) return "crowded";
  if (number === ID_UNKNOWN) return "gone";
  return code === 503 && number === 0 ? "unheard" : "message";
}
