// The control plane of a Memphis broker, for who speaks to one directly.
export {
  type ClientName,
  createMemphisClient,
  type MemphisClient,
  type MemphisClientOptions,
} from "./memphis-client.js";
export { listenToStationUpdates, type StationUpdateListener } from "./station-updates.js";

// For the other packages of the stack: these may change in any version.
export {
  addressOf,
  type PartitionAddress,
  provideStation,
  readRegistered,
  type RegisteredStation,
} from "./provide-station.js";
