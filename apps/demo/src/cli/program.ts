import { Command, Option } from "commander";
import { LIMITS } from "@stationkit/core-protocol";
import { PRODUCER_DEFAULTS } from "@stationkit/producer";
import { FORMATS } from "../input/format.js";
import { integer } from "./numbers.js";
import { PARTITIONER_NAMES } from "./partitioners.js";

/** Used where `--station` says nothing. */
export const DEFAULT_STATION = "demo";

/** All options, their texts and their forms; what they mean together is in options.ts. */
export function createProgram(): Command {
  const program = new Command("npm start --")
    .description(
      "Without options: a tour. Starts a nats-server, streams 20,000 US flights into partitioned stations, reads everything back and " +
        "proves what arrived.\nWith --input: streams your own records into a station, and proves it the same way.",
    )
    .allowExcessArguments(false)
    .helpOption("-h, --help", "show this help")
    .showHelpAfterError("(--help lists all options)")
    .configureHelp({ helpWidth: 110 })
    .addHelpText("after", EXAMPLES);
  const add = (group: string, ...options: Option[]): void => {
    program.optionsGroup(group);
    for (const option of options) program.addOption(option);
  };
  add("Input:", ...inputOptions());
  add("Station (created when missing; one that exists keeps its settings):", ...stationOptions());
  add("Producing:", ...producingOptions());
  add("Server (default: one is started for this run, and removed afterwards):", ...serverOptions());
  add("Proof and output:", ...outputOptions());
  return program;
}

function inputOptions(): Option[] {
  return [
    new Option("-i, --input <file>", "file of records, - for stdin"),
    new Option("-f, --format <format>", "form of the records; default by the file's extension").choices(FORMATS),
    new Option("-k, --key <field>", "field that is the key: dotted path (ndjson) or column (csv)"),
    new Option("--limit <records>", "stop after so many records").argParser(integer(1)),
    new Option("--skip-bad", "pass over bad records and count them; without it the first one ends the job"),
    new Option("--max-line-bytes <bytes>", "longest line; default the server's maximum payload").argParser(integer(1)),
  ];
}

function stationOptions(): Option[] {
  return [
    new Option("-s, --station <name>", `name of the station; default "${DEFAULT_STATION}"`),
    new Option("-p, --partitions <count>", "partitions; default 1").argParser(integer(1, LIMITS.maxPartitions)),
    new Option("--storage <storage>", "where messages are kept; default file").choices(["file", "memory"]),
    new Option("--replicas <count>", "copies of each partition; default 1, on a cluster 3").argParser(
      integer(LIMITS.minReplicas, LIMITS.maxReplicas),
    ),
    new Option("--max-age-ms <ms>", "milliseconds that messages are kept; default 7 days").argParser(integer(100)),
  ];
}

function producingOptions(): Option[] {
  const window = PRODUCER_DEFAULTS.maxInFlightMessages;
  return [
    new Option("--partitioner <name>", "whose rule says which partition a key goes to; default memphis").choices(
      PARTITIONER_NAMES,
    ),
    new Option("--sync", "wait for each acknowledgement before the next record"),
    new Option("--in-flight <messages>", `unacknowledged messages at most; default ${window}`).argParser(
      integer(1, 1_000_000),
    ),
  ];
}

function serverOptions(): Option[] {
  return [
    new Option("--server <url...>", "host:port or URL of a running server, or of several of a cluster"),
    new Option("--user <name>", "user name of the login"),
    new Option("--password <password>", "password of the login; default NATS_PASSWORD of the environment"),
    new Option("--token <token>", "token, instead of user and password; default NATS_TOKEN of the environment"),
    new Option("--creds <file>", "credentials file, instead of user and password"),
    new Option("--tls-ca <file>", "PEM file of the certificate authority to trust"),
    new Option("--tls-cert <file>", "PEM file of the client certificate"),
    new Option("--tls-key <file>", "PEM file of its key"),
    new Option("--nats-version <version>", "version of the server that is started, such as 2.10 or 2.15.1"),
    new Option("--store-dir <directory>", "where that server keeps its files, which then stay"),
  ];
}

function outputOptions(): Option[] {
  return [
    new Option("--no-verify", "do not read everything back and prove it"),
    new Option("--no-progress", "no progress bar (on stderr)"),
    new Option("--json", "summary as JSON on stdout; what people read goes to stderr"),
    new Option("-q, --quiet", "say only what is wrong"),
    new Option("--debug", "show stack traces of errors"),
  ];
}

const EXAMPLES = `
Examples:
  npm start
  npm start -- --input orders.ndjson --station orders --partitions 4 --key customer.id
  zcat log.gz | npm start -- --input - --format lines --server nats://127.0.0.1:4222 --station log

Exit code: 0 everything is stored and proven, 1 it is not, 130 Ctrl-C, 143 SIGTERM.`;
