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

/**
 * The acknowledgement of a producer with `delivery: "fast-ingest"`. The broker's word for a batch says that all of its messages
 * are stored, and of none where.
 */
export interface FastIngestPubAck extends Omit<PubAck, "sequence" | "duplicate"> {
  /** As in `PubAck` for a message that was sent by itself; undefined for one that went in a batch. */
  readonly sequence: number | undefined;
  /** As in `PubAck` for a message that was sent by itself; undefined for one that went in a batch. */
  readonly duplicate: boolean | undefined;
}

/** An admitted message: it will be acknowledged, or reported as failed. */
export interface Delivery<Ack = PubAck> {
  readonly station: string;
  readonly partition: number;
  readonly msgId: string | undefined;
  /**
   * Resolves with the acknowledgement, rejects with the reason why there is none. Ignoring it is allowed: it never raises an
   * unhandled rejection, and the failure still reaches `delivery-failed` and `flush()`.
   */
  readonly acknowledged: Promise<Ack>;
}

/** A message on its way to several stations. */
export interface MultiStationDelivery<Ack = PubAck> {
  /** One per station, in the order of `stationName`. */
  readonly deliveries: readonly Delivery<Ack>[];
  /** Resolves with an acknowledgement per station, rejects with `MultiStationError`; may be ignored, too. */
  readonly acknowledged: Promise<readonly Ack[]>;
}
