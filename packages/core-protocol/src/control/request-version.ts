const requestVersion = {
  /** Creations without the field: the first SDKs. */
  none: 0,
  /** Destructions: the connection id says whose registration is meant. */
  destruction: 1,
  /** Creations: partitioned stations, auto-creation, and `app_id` on the wire. */
  partitions: 2,
  /** Creations: `app_id` is believed, and `sdk_lang` is sent; what all current SDKs send. */
  current: 4,
} as const;

/**
 * Values of `req_version`, by what they brought.
 * @see memphis-protocol.md sections 3.3 and 11
 */
export const REQUEST_VERSION: typeof requestVersion = Object.freeze(requestVersion);

/** `station_version` from which the map of first functions means something. @see memphis-protocol.md section 3.3 */
export const STATION_VERSION_WITH_FUNCTIONS = 2;

/** Whether a creation request of this version may use a station that has partitions. */
export function mayUsePartitions(requestVersion: number): boolean {
  return requestVersion >= REQUEST_VERSION.partitions;
}

/** Whether a creation request of this version makes a missing station come into being. */
export function autoCreatesStation(requestVersion: number): boolean {
  return requestVersion >= REQUEST_VERSION.partitions;
}

/** Whether `app_id` and `sdk_lang` of a creation request count; else the connection id stands for the app id. */
export function identifiesApp(requestVersion: number): boolean {
  return requestVersion >= REQUEST_VERSION.current;
}

/** Whether a destruction request means its own connection only; else the name on any connection. */
export function destroysByConnection(requestVersion: number): boolean {
  return requestVersion >= REQUEST_VERSION.destruction;
}

/** Whether a client of such a station has to listen for function updates. */
export function hasStationFunctions(stationVersion: number): boolean {
  return stationVersion >= STATION_VERSION_WITH_FUNCTIONS;
}
