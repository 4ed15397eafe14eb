const NANOSECONDS = 1_000_000;
const ACK_WAIT_MS = 30_000;

/** The part of a durable's configuration that contenders have in common. */
export interface ReadingDurable {
  readonly durable_name: string;
  /** Nanoseconds. */
  readonly ack_wait: number;
  readonly max_deliver: number;
  readonly max_ack_pending: number;
  readonly filter_subject: string;
}

/**
 * The durable that contenders read from which make their own: the same as stationkit's for a new group. A limit of unacknowledged
 * messages, which the server sets where nothing is said, would hold them up.
 */
export function readingDurable(stream: string, group: string): ReadingDurable {
  return {
    durable_name: group,
    ack_wait: ACK_WAIT_MS * NANOSECONDS,
    max_deliver: -1,
    max_ack_pending: -1,
    filter_subject: `${stream}.final`,
  };
}
