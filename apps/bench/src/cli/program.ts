import { Command, InvalidArgumentError, Option } from "commander";
import { CONTENDER_NAMES, type ContenderName } from "../contender/catalog.js";

const ALL_NAMES = [...CONTENDER_NAMES.produce, ...CONTENDER_NAMES.consume];

/** What the command line says. */
export interface Arguments {
  readonly rounds: number;
  readonly messages: number;
  readonly only?: readonly ContenderName[];
  readonly size?: number;
  readonly window?: number;
  readonly consumer: boolean;
  readonly cluster: boolean;
  readonly pacedMs: number;
  readonly timeoutMs: number;
  readonly out: string;
}

export function createProgram(): Command {
  return new Command("npm run bench --")
    .description("Measures the producer, or the consumer, beside its peers, all in one run, and writes a report.")
    .addOption(
      new Option("--rounds <n>", "rounds, each with all contenders in another order").argParser(integer).default(5),
    )
    .addOption(
      new Option(
        "--messages <n>",
        "timed messages; sequential contenders and large messages take fewer, those that read take four times as many",
      )
        .argParser(integer)
        .default(50_000),
    )
    .addOption(
      new Option(
        "--only <names>",
        `contenders, separated by commas: ${CONTENDER_NAMES.produce.join(", ")}; with --consumer: ${CONTENDER_NAMES.consume.join(", ")}`,
      ).argParser(names),
    )
    .addOption(new Option("--size <bytes>", "payload; default 128, and 1024 and 65536 of some").argParser(integer))
    .addOption(
      new Option(
        "--window <n>",
        "of those that have one to choose; default the best of several, which are tried first",
      ).argParser(integer),
    )
    .addOption(
      new Option("--consumer", "reading with acknowledgements, from 1 and from 8 partitions")
        .default(false)
        .conflicts("cluster"),
    )
    .addOption(
      new Option("--cluster", "a cluster of three with 3 replicas, and the contenders that matter there").default(
        false,
      ),
    )
    .addOption(
      new Option("--paced-ms <ms>", "duration of each run at half of the maximum").argParser(integer).default(1_000),
    )
    .addOption(
      new Option("--timeout-ms <ms>", "how long one contender may take in one round")
        .argParser(integer)
        .default(120_000),
    )
    .addOption(new Option("--out <directory>", "where the report goes").default("docs/benchmarks"))
    .allowExcessArguments(false)
    .showHelpAfterError("(--help lists all options)");
}

function integer(text: string): number {
  const value = Number(text.replaceAll("_", ""));
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("expected an integer from 1.");
  return value;
}

function names(text: string): ContenderName[] {
  const wanted = text.split(",");
  const unknown = wanted.find((name) => !(ALL_NAMES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is none of ${ALL_NAMES.join(", ")}.`);
  return ALL_NAMES.filter((name) => wanted.includes(name));
}

/** Ends the program, in its way, when the two options contradict each other. @returns the contenders of the run. */
export function contendersOf(program: Command, { only, consumer }: Arguments): readonly ContenderName[] {
  const possible = CONTENDER_NAMES[consumer ? "consume" : "produce"];
  const stranger = only?.find((name) => !possible.includes(name));
  if (stranger !== undefined) {
    program.error(`error: "${stranger}" is measured ${consumer ? "without" : "only with"} --consumer.`);
  }
  return only ?? possible;
}
