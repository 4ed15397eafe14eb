/** The broker's word that a message is stored. */
export interface PubAck {
  readonly station: string;
  /** Partition number, from 1. */
  readonly partition: number;
  /** JetStream sequence, from 1, per partition (not per station). */
  readonly sequence: number;
  /** True when a message with this id was stored before, within the duplicate window; `sequence` is then the first one's. */
  readonly duplicate: boolean;
  /** The id that the message carries; undefined with `idempotent: false` and none given. */
  readonly msgId: string | undefined;
}

/** An admitted message: it will be acknowledged, or reported as failed. */
export interface Delivery {
  readonly station: string;
  readonly partition: number;
  readonly msgId: string | undefined;
  /**
   * Resolves with the acknowledgement, rejects with the reason why there is none. Ignoring it is allowed: it never raises an
   * unhandled rejection, and the failure still reaches `delivery-failed` and `flush()`.
   */
  readonly acknowledged: Promise<PubAck>;
}

/** A message on its way to several stations. */
export interface MultiStationDelivery {
  /** One per station, in the order of `stationName`. */
  readonly deliveries: readonly Delivery[];
  /** Resolves with an acknowledgement per station, rejects with `MultiStationError`; may be ignored, too. */
  readonly acknowledged: Promise<readonly PubAck[]>;
}
