import { BrokerError, UsageError } from "@stationkit/core-protocol";
import { REPLY_TEXT } from "@stationkit/core-protocol/control";

/** Thrown by a call that only a Memphis control plane can answer, on a server that has none. */
export class ControlPlaneMissingError extends BrokerError {
  static {
    this.prototype.name = "ControlPlaneMissingError";
  }
  override readonly code = "SK_CONTROL_PLANE_MISSING";

  /** @param what - what needs it, as the subject of a sentence. */
  constructor(what: string, options?: ErrorOptions) {
    const why = `${what} needs a Memphis control plane, and none answers on this server`;
    super(
      `${why}: use a Memphis broker, or run "npx @stationkit/memphis-bridge --server <url>" beside it`,
      { serverCode: 503 },
      options,
    );
  }
}

/** Which schema an error is about. */
export interface SchemaPlace {
  readonly station: string;
  readonly schemaName: string;
  readonly schemaType: string;
}

/** Thrown by a message that its station's schema refuses. It was not sent, and went to the dead-letter store if the station wants that. */
export class SchemaValidationError extends UsageError {
  static {
    this.prototype.name = "SchemaValidationError";
  }
  override readonly code = "SK_SCHEMA_VALIDATION";
  readonly station: string;
  readonly schemaName: string;
  readonly schemaType: string;

  /** The message begins with `Schema validation has failed`, which users of Memphis look for. */
  constructor(place: SchemaPlace, reason: string, options?: ErrorOptions) {
    super(`${REPLY_TEXT.schemaValidationFailed}: ${reason}`, options);
    this.station = place.station;
    this.schemaName = place.schemaName;
    this.schemaType = place.schemaType;
  }
}

/** Thrown where a station has a schema that cannot be used here: a package is not installed, or the schema cannot be read. */
export class SchemaUnusableError extends UsageError {
  static {
    this.prototype.name = "SchemaUnusableError";
  }
  override readonly code = "SK_SCHEMA_UNUSABLE";
  readonly station: string;
  readonly schemaName: string;
  readonly schemaType: string;

  constructor(place: SchemaPlace, reason: string, options?: ErrorOptions) {
    super(
      `the ${place.schemaType} schema "${place.schemaName}" of station "${place.station}" cannot be used: ${reason}`,
      options,
    );
    this.station = place.station;
    this.schemaName = place.schemaName;
    this.schemaType = place.schemaType;
  }
}
