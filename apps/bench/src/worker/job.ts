import type { ContenderName, Task } from "../contender/catalog.js";

/** What a worker process is told to do: one contender, on a server and a station that are there for it alone. */
export interface Job {
  readonly task: Task;
  readonly contender: ContenderName;
  readonly server: string;
  readonly serverPids: readonly number[];
  readonly station: string;
  readonly partitions: number;
  readonly sizeBytes: number;
  /** Messages of the timed run, or of each trial; for a reader those that the station holds. */
  readonly messages: number;
  /** Milliseconds of the run at half of the rate. */
  readonly pacedMs: number;
  /** Windows to try; with one, and with none, the run is measured. */
  readonly windows: readonly number[];
}

/** What came of a job that tried several windows: msg/s of each. */
export interface Trials {
  readonly kind: "trials";
  readonly trials: readonly { readonly window: number; readonly perSecond: number }[];
}

/** What one contender did in one round. */
export interface Measurement {
  readonly kind: "measurement";
  /** Sent in all, warm-up included: by so much the station must have grown. */
  readonly sent: number;
  readonly messagesPerSecond: number;
  /** Per million messages of the timed run, user and system time. */
  readonly clientCpuSeconds: number;
  readonly serverCpuSeconds: number;
  /** Highest resident set, from the process's start to its end. */
  readonly clientPeakBytes: number;
  readonly serverPeakBytes: number;
  /** undefined for a contender that is told of no acknowledgements, and for readers. */
  readonly latency: Latency | undefined;
}

/** From the moment at which a message was due to its acknowledgement, in milliseconds. */
export interface Latency {
  /** Messages per second that were asked for, and that were acknowledged by the time that all were. */
  readonly askedPerSecond: number;
  readonly acknowledgedPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

/** How far a consumer group is, summed over all partitions. */
export interface GroupProgress {
  /** Redeliveries included. */
  readonly deliveries: number;
  readonly unanswered: number;
  readonly undelivered: number;
}

/** What a worker asks its parent, with the answers: a connection to the server for that would be counted as the contender's. */
export interface Questions {
  /** Messages that the station holds. */
  readonly stored: () => Promise<number>;
  readonly progressOf: (group: string) => Promise<GroupProgress>;
}

/** From the worker to the benchmark. */
export type FromWorker =
  | Trials
  | Measurement
  | { readonly kind: "stored?" }
  | { readonly kind: "progress?"; readonly group: string }
  | { readonly kind: "failure"; readonly message: string };

/** From the benchmark to the worker. */
export type ToWorker =
  | { readonly kind: "job"; readonly job: Job }
  | { readonly kind: "stored"; readonly messages: number }
  | { readonly kind: "progress"; readonly progress: GroupProgress };
