import type { PartitionerName } from "./partitioners.js";
import type { Format } from "../input/format.js";

/** The arguments as they were given; what is undefined was left out. */
export interface Arguments {
  readonly input?: string;
  readonly format?: Format;
  readonly key?: string;
  readonly limit?: number;
  readonly skipBad?: true;
  readonly maxLineBytes?: number;
  readonly station?: string;
  readonly partitions?: number;
  readonly storage?: "file" | "memory";
  readonly replicas?: number;
  readonly maxAgeMs?: number;
  readonly partitioner?: PartitionerName;
  readonly sync?: true;
  readonly inFlight?: number;
  readonly server?: string[];
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  readonly creds?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly natsVersion?: string;
  readonly storeDir?: string;
  readonly verify: boolean;
  readonly progress: boolean;
  readonly json?: true;
  readonly quiet?: true;
  readonly debug?: true;
}
