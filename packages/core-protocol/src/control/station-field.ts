import { InvalidNameError } from "../errors/usage-errors.js";
import { parseStationName, type StationName } from "../names.js";
import type { JsonObject } from "./json-object.js";

/**
 * @internal Reads `station_name` where the wire has the internal name (`orders#eu`). It is checked, because a peer's text must
 * not get into subjects unread; an external name passes too.
 * @throws {MalformedMessageError} for what is no station name.
 */
export function readInternalStation(body: JsonObject): StationName {
  const value = body.string("station_name");
  try {
    return parseStationName(value.replaceAll("#", "."));
  } catch (cause) {
    if (!(cause instanceof InvalidNameError)) throw cause;
    return body.fail("station_name", `is ${JSON.stringify(value)}, which is no station name`, { cause });
  }
}
