/** Options of one request. */
export interface RequestOptions {
  /** Milliseconds, default the connection's `requestTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Named in errors. */
  readonly station?: string;
  /** Header lines, each ended by CR LF, as `headerLine` writes them. Default: none, and no header block. */
  readonly headerLines?: string;
}
