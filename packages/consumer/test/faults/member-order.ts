import type { ConsumerOptions } from "@stationkit/consumer";

/** What a member's process is told to do. JSON-safe. */
export interface MemberOrder {
  readonly servers: string;
  readonly options: Omit<ConsumerOptions, "deserializer" | "partitioner">;
  /** File of its group. */
  readonly diary: string;
  /** How long it takes over each message; 0: none, and the listener returns no promise. */
  readonly handlerMs: number;
  /** Messages that it dies of. */
  readonly poison: readonly number[];
  /** Tells how much memory it takes. */
  readonly measures: boolean;
}

/** What a member tells. */
export type MemberMessage =
  | { readonly type: "ready" }
  | { readonly type: "memory"; readonly rssBytes: number }
  | { readonly type: "dead-lettered"; readonly sequence: number; readonly deliveries: number };
