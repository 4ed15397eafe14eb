import { type Outcome, StationkitError } from "../errors/stationkit-error.js";

/** What a decoder knows about the message that it could not read. */
export interface MalformedMessageFields {
  /** Which message of the control plane, for people: `producer creation request`. */
  readonly messageKind: string;
  /** Path of the wrong field in the wire's own names (`schema_update.type`); undefined when the whole body is wrong. */
  readonly field?: string | undefined;
  /** `rejected` for a request or event of a client, which nobody acts upon; `unknown` for an answer or update of a broker. */
  readonly outcome: Outcome;
}

/** Thrown when a peer sent a control-plane message that cannot be read: its fault, not the caller's. */
export class MalformedMessageError extends StationkitError {
  static {
    this.prototype.name = "MalformedMessageError";
  }
  readonly code = "SK_MALFORMED_MESSAGE";
  readonly retryable = false;
  readonly outcome: Outcome;
  readonly messageKind: string;
  /** Wire name of the wrong field, with its parents; undefined when the whole body is wrong. */
  readonly field: string | undefined;

  constructor(reason: string, fields: MalformedMessageFields, options?: ErrorOptions) {
    const where = fields.field === undefined ? "" : `field ${JSON.stringify(fields.field)} `;
    super(`malformed ${fields.messageKind}: ${where}${reason}`, options);
    this.outcome = fields.outcome;
    this.messageKind = fields.messageKind;
    this.field = fields.field;
  }
}
