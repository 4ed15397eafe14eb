/**
 * The subset of the JetStream API that this package speaks: snake_case, durations in nanoseconds.
 * @see https://docs.nats.io/reference/reference-protocols/nats_api_reference
 */
export interface StreamConfig {
  readonly name: string;
  readonly subjects?: readonly string[];
  readonly description?: string;
  readonly retention: "limits" | "interest" | "workqueue";
  readonly storage: "file" | "memory";
  readonly discard?: "old" | "new";
  readonly num_replicas: number;
  /** -1 or 0: no limit; the same for the next four. */
  readonly max_msgs?: number;
  readonly max_bytes?: number;
  readonly max_age?: number;
  readonly max_msg_size?: number;
  readonly max_consumers?: number;
  readonly max_msgs_per_subject?: number;
  readonly duplicate_window?: number;
  readonly allow_direct?: boolean;
  /** Server 2.12 (API level 2) and newer. */
  readonly allow_atomic?: boolean;
  /** Server 2.14 (API level 4) and newer. */
  readonly allow_batched?: boolean;
  readonly metadata?: Readonly<Record<string, string>>;
}

interface StreamState {
  readonly messages: number;
  readonly bytes: number;
  readonly first_seq: number;
  readonly last_seq: number;
  /** RFC 3339; year 1 when there was never a message. */
  readonly last_ts: string;
  readonly consumer_count: number;
}

/** A server that holds a copy beside the leader. */
interface StreamPeer {
  readonly name: string;
  readonly current: boolean;
  readonly offline?: boolean;
  /** Operations that it is behind. */
  readonly lag?: number;
}

export interface StreamInfo {
  readonly config: StreamConfig;
  /** RFC 3339. */
  readonly created: string;
  /** The server's time of the answer. */
  readonly ts?: string;
  readonly state: StreamState;
  /** Absent on a single server. */
  readonly cluster?: { readonly leader?: string; readonly replicas?: readonly StreamPeer[] | null };
}

/** One page of `STREAM.LIST` (256 a page) or `STREAM.NAMES` (1,024 a page). */
export interface StreamPage<Item> {
  readonly total: number;
  readonly limit: number;
  /** null when the account has none. */
  readonly streams: readonly Item[] | null;
}

export interface PurgeRequest {
  /** Removes what is below this sequence. Excludes `keep`. */
  readonly seq?: number;
  /** Leaves the newest so many. */
  readonly keep?: number;
}
