import type { NatsCluster } from "@stationkit/embedded-nats";
import type { Random } from "../random.js";
import type { Findings } from "./report.js";

/** What one run of a scenario is given. */
export interface ScenarioContext {
  /** From the seed: every choice that the scenario makes. What the machine adds (who is faster) no seed repeats. */
  readonly random: Random;
  /** Messages, at least; a scenario goes on for as long as its faults take. */
  readonly count: number;
  /** Version of every nats-server; undefined: the one that tests take. */
  readonly version: string | undefined;
  /** Fewer and shorter faults, for `npm test`. */
  readonly isShort: boolean;
  /** A cluster that is whole and belongs to somebody else; undefined: the scenario starts its own. */
  readonly cluster?: NatsCluster;
  readonly findings: Findings;
  /** File of a program that the scenario may start in a process of its own. */
  readonly program: (name: string) => Promise<string> | string;
}

/** One fault, or one kind of faults, and what must hold all the same. */
export interface Scenario {
  /** What it is called on the command line. */
  readonly name: string;
  /** In a table: what happens, in a few words. */
  readonly title: string;
  readonly group: "server" | "network" | "refusal" | "end" | "cluster" | "soak" | "consumers";
  /** Messages when nobody says how many; default 100,000. */
  readonly defaultCount?: number;
  /** Options for the Node that runs it. */
  readonly nodeOptions?: readonly string[];
  /** Why it cannot be run on this version of nats-server; undefined when it can. */
  readonly unfit?: (version: string) => string | undefined;
  readonly run: (context: ScenarioContext) => Promise<void>;
}
