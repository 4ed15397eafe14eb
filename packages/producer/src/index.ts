export {
  MAX_ATOMIC_MESSAGES,
  type AtomicAck,
  type AtomicOptions,
  type AtomicRequest,
} from "./atomic/atomic-request.js";
export { createProducer } from "./create-producer.js";
export type { SchemaFailurePolicy } from "./declaration/declaration.js";
export type { Delivery, FastIngestPubAck, MultiStationDelivery, PubAck } from "./delivery.js";
export type { ProduceOptions, ProduceRequest } from "./produce-request.js";
export type {
  DeliveryFailure,
  MultiStationProducer,
  PendingCounts,
  ProduceInput,
  ProduceManyOptions,
  Producer,
  ProducerEvents,
  ProduceSummary,
} from "./producer.js";
export {
  type AtomicDuplicate,
  AtomicDuplicateError,
  AtomicUnsupportedError,
  DeliveryError,
  MultiStationError,
  ProducerClosedError,
  type StationFailure,
} from "./producer-errors.js";
export { type NewStationOptions, PRODUCER_DEFAULTS, type ProducerOptions } from "./producer-options.js";
