/** Options of one request. */
export interface RequestOptions {
  /** Milliseconds, default the connection's `requestTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Named in errors. */
  readonly station?: string;
}
