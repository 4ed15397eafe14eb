import {
  BrokerError,
  type SettingDifference,
  StationkitError,
  TransportError,
  UsageError,
} from "@stationkit/core-protocol";

/** Where a message stands. */
export interface MessagePlace {
  readonly station: string;
  /** From 1. */
  readonly partition: number;
  /** JetStream sequence, from 1, per partition. */
  readonly sequence: number;
}

/** Thrown by a call on a consumer whose `close()` or `drain()` began. */
export class ConsumerClosedError extends UsageError {
  static {
    this.prototype.name = "ConsumerClosedError";
  }
  override readonly code = "SK_CONSUMER_CLOSED";

  constructor(consumerName: string, options?: ErrorOptions) {
    super(`consumer "${consumerName}" is closed`, options);
  }
}

/** Thrown when the group exists with other settings than those that were asked for. */
export class ConsumerGroupConflictError extends BrokerError {
  static {
    this.prototype.name = "ConsumerGroupConflictError";
  }
  override readonly code = "SK_CONSUMER_GROUP_CONFLICT";
  readonly station: string;
  readonly partition: number;
  readonly group: string;
  readonly differences: readonly SettingDifference[];

  constructor(
    place: { station: string; partition: number; group: string },
    differences: readonly SettingDifference[],
    options?: ErrorOptions,
  ) {
    const list = differences
      .map((d) => `${d.setting} is ${JSON.stringify(d.existing)}, asked for ${JSON.stringify(d.requested)}`)
      .join("; ");
    super(
      `consumer group "${place.group}" of station "${place.station}" exists with other settings: ${list}`,
      {},
      options,
    );
    this.station = place.station;
    this.partition = place.partition;
    this.group = place.group;
    this.differences = differences;
  }
}

/** Told when the server fell silent about a partition: neither messages nor heartbeats came. Reading is tried again. */
export class ReadingStalledError extends TransportError {
  static {
    this.prototype.name = "ReadingStalledError";
  }
  readonly code = "SK_READING_STALLED";
  readonly retryable = true;
  readonly outcome = "not-sent";
  readonly station: string;
  readonly partition: number;

  constructor(station: string, partition: number, options?: ErrorOptions) {
    super(`partition ${partition} of station "${station}" is silent: neither messages nor heartbeats arrive`, options);
    this.station = station;
    this.partition = partition;
  }
}

/** Told, or thrown by `json()`, when a message cannot be read as what it should be. */
export class UndecodableMessageError extends StationkitError {
  static {
    this.prototype.name = "UndecodableMessageError";
  }
  readonly code = "SK_UNDECODABLE_MESSAGE";
  readonly retryable = false;
  readonly outcome = "rejected";
  readonly station: string;
  readonly partition: number;
  readonly sequence: number;

  constructor({ station, partition, sequence }: MessagePlace, options: { readonly cause: unknown }) {
    const reason = options.cause instanceof Error ? options.cause.message : String(options.cause);
    super(`message ${sequence} of partition ${partition} of station "${station}" cannot be read: ${reason}`, options);
    this.station = station;
    this.partition = partition;
    this.sequence = sequence;
  }
}

/** Thrown when a message could not be stored as a dead letter. It stays where it is, and is delivered again. */
export class DeadLetterError extends StationkitError {
  static {
    this.prototype.name = "DeadLetterError";
  }
  readonly code = "SK_DEAD_LETTER";
  readonly retryable = true;
  /** `unknown`: the dead letter may be stored all the same. */
  readonly outcome: StationkitError["outcome"];
  readonly station: string;
  readonly partition: number;
  readonly sequence: number;
  readonly dlsStation: string;

  constructor(
    { station, partition, sequence }: MessagePlace,
    dlsStation: string,
    options: { readonly cause: unknown },
  ) {
    const reason = options.cause instanceof Error ? options.cause.message : String(options.cause);
    super(
      `message ${sequence} of partition ${partition} of station "${station}" could not be stored in "${dlsStation}": ${reason}`,
      options,
    );
    this.outcome = StationkitError.is(options.cause) ? options.cause.outcome : "unknown";
    this.station = station;
    this.partition = partition;
    this.sequence = sequence;
    this.dlsStation = dlsStation;
  }
}
