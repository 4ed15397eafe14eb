/**
 * Limits of the protocol, each with its unit in its name.
 * @see Memphis broker 1.4.4 and nats-server 2.10 to 2.15; a server's own `max_payload` is on `Connection.server`.
 */
export const LIMITS = {
  /** Bytes of a station, producer, consumer or group name. */
  maxNameBytes: 128,
  /** Memphis documents this number; nats-server has none of its own. */
  maxPartitions: 10_000,
  minReplicas: 1,
  maxReplicas: 5,
  /** nats-server refuses a shorter duplicate window than 100 ms; Memphis allows at most a day. */
  minIdempotencyWindowMs: 100,
  maxIdempotencyWindowMs: 86_400_000,
  /** A header block is refused by JetStream above this (err_code 10097). */
  maxHeaderBytes: 65_535,
  /** A message id is stored once per message for the whole duplicate window. */
  maxMessageIdBytes: 1_024,
} as const;

/**
 * The oldest nats-server whose stream metadata and acks this stack relies on. A Memphis broker 1.4 calls itself 2.10.7 in its `INFO`.
 * @see Memphis broker, server/server.go (`Version: VERSION`) and server/const.go
 */
export const MINIMUM_SERVER_VERSION = "2.10.0";
