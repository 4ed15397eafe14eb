export {
  createStationAdmin,
  STATION_ADMIN_DEFAULTS,
  type StationAdmin,
  type StationAdminOptions,
} from "./station-admin.js";
export type { StationOptions } from "./station-request.js";
export type { StationChanges } from "./update-station.js";
export type { GrowthOptions } from "./add-partitions.js";
export type { PurgeOptions, PurgeResult } from "./purge-station.js";
export {
  type DiscardPolicy,
  type RetentionPolicy,
  STATION_DEFAULTS,
  type StationSettings,
  type StationStorage,
} from "./station-settings.js";
export type { PartitionDescription, ReplicaDescription, Station, StationDescription } from "./station.js";
export type { StationEvent } from "./station-events.js";
export type { StationWatch, WatchOptions } from "./station-watch.js";
export type { DeadLetter, DeadLetterFilter, DeadLetters } from "./dead-letters/dead-letters.js";
export type { DeadLetterCause, DeadLetterStory } from "./dead-letters/dead-letter-headers.js";
export { deadLetterStation } from "./dead-letters/dead-letter-station.js";
export type { ConsumerGroupDescription, ConsumerGroupPartition, ConsumerGroups } from "./groups/consumer-groups.js";

// For the other packages of the stack: these may change in any version.
export { encodeDeadLetterHeaders } from "./dead-letters/dead-letter-headers.js";
export { controlPlaneOf } from "./choose-backend.js";
export { deadLetterStationOptions } from "./dead-letters/dead-letter-station.js";
export { parseHeaders, readStoredMessage, type Requests, type StoredMessage } from "./dead-letters/stored-message.js";
export { MAX_DELIVERIES_KEY, readGroupSettings, type ConsumerGroupSettings } from "./groups/group-settings.js";
