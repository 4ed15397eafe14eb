export type { FoundBinary } from "./binary/binary-search.js";
export { findBinary, type FindBinaryOptions } from "./binary/find-binary.js";
export {
  BinaryNotFoundError,
  ChecksumMismatchError,
  DownloadError,
  EmbeddedNatsError,
  InvalidOptionsError,
  ReloadError,
  ServerStateError,
  StartError,
  type BinaryAttempt,
  type EmbeddedNatsErrorCode,
} from "./errors.js";
export type { ConfigObject, ConfigValue } from "./server/config-text.js";
export type { NatsServer } from "./server/nats-server.js";
export { startNats } from "./server/start-nats.js";
export {
  DEFAULTS,
  type CommonStartOptions,
  type JetStreamOptions,
  type StartClusterOptions,
  type StartNatsOptions,
} from "./server/start-options.js";
export { startCluster, type NatsCluster } from "./server/start-cluster.js";
