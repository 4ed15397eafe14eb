export { changeConsumerGroup, type GroupChanges } from "./change-group.js";
export { createConsumer } from "./create-consumer.js";
export type {
  Consumer,
  ConsumerEvents,
  DeadLetterNotice,
  FetchOptions,
  PartitionLag,
  PartitionPlace,
} from "./consumer.js";
export {
  ConsumerClosedError,
  ConsumerGroupConflictError,
  DeadLetterError,
  type MessagePlace,
  ReadingStalledError,
  UndecodableMessageError,
} from "./consumer-errors.js";
export { CONSUMER_DEFAULTS, type ConsumerOptions, type NewStationOptions } from "./consumer-options.js";
export type { AckOptions, ConsumerMessage } from "./message.js";
export type { StartPosition } from "./start-position.js";
