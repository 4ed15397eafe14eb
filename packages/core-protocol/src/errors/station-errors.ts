import { BrokerError, type BrokerErrorFields } from "./broker-errors.js";

abstract class StationError extends BrokerError {
  readonly station: string;

  constructor(message: string, station: string, fields?: BrokerErrorFields, options?: ErrorOptions) {
    super(message, fields, options);
    this.station = station;
  }
}

/** Thrown when the station does not exist, or was destroyed. */
export class StationNotFoundError extends StationError {
  static {
    this.prototype.name = "StationNotFoundError";
  }
  override readonly code = "SK_STATION_NOT_FOUND";

  constructor(station: string, fields?: BrokerErrorFields, options?: ErrorOptions) {
    super(`station "${station}" does not exist`, station, fields, options);
  }
}

/** One setting that differs. */
export interface SettingDifference {
  /** Path of the option, such as `retention.maxAgeMs`. */
  readonly setting: string;
  readonly existing: unknown;
  readonly requested: unknown;
}

/** Thrown by `create` when the station exists with other settings. */
export class StationExistsError extends StationError {
  static {
    this.prototype.name = "StationExistsError";
  }
  override readonly code = "SK_STATION_EXISTS";
  readonly differences: readonly SettingDifference[];

  constructor(station: string, differences: readonly SettingDifference[], options?: ErrorOptions) {
    const list = differences
      .map((d) => `${d.setting} is ${JSON.stringify(d.existing)}, asked for ${JSON.stringify(d.requested)}`)
      .join("; ");
    super(`station "${station}" exists with other settings: ${list}`, station, {}, options);
    this.differences = differences;
  }
}

/** Thrown when streams or subjects that the station needs are held by something that is not this station. */
export class StationConflictError extends StationError {
  static {
    this.prototype.name = "StationConflictError";
  }
  override readonly code = "SK_STATION_CONFLICT";
}

/** Thrown when the station is full and set to refuse new messages. */
export class StationFullError extends StationError {
  static {
    this.prototype.name = "StationFullError";
  }
  override readonly code = "SK_STATION_FULL";
  override readonly retryable = true;
}

/** Thrown when the station exists but nobody answered for it until the deadline: no leader, recovering, or disabled. */
export class StationUnavailableError extends StationError {
  static {
    this.prototype.name = "StationUnavailableError";
  }
  override readonly code = "SK_STATION_UNAVAILABLE";
  override readonly retryable = true;
}

/** Thrown when a consumer group has no durable on a partition: it was deleted, or never read there. */
export class ConsumerGroupNotFoundError extends StationError {
  static {
    this.prototype.name = "ConsumerGroupNotFoundError";
  }
  override readonly code = "SK_CONSUMER_GROUP_NOT_FOUND";
  readonly group: string;
  /** From 1. */
  readonly partition: number;

  constructor(place: { station: string; partition: number; group: string }, options?: ErrorOptions) {
    const { station, partition, group } = place;
    super(
      `consumer group "${group}" is not known to partition ${partition} of station "${station}"`,
      station,
      {},
      options,
    );
    this.group = group;
    this.partition = partition;
  }
}
