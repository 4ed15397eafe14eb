import type { Connection } from "@stationkit/core-protocol";
import { createProducer } from "@stationkit/producer";
import { createStationAdmin, type StationAdmin, type StationDescription } from "@stationkit/station-admin";
import { openBroker } from "../broker.js";
import type { ImportOptions } from "../cli/options.js";
import { explain } from "../failure.js";
import { createParser } from "../input/format.js";
import { openInput, type OpenInput } from "../input/open-input.js";
import { readItems } from "../input/read-items.js";
import type { JobContext, JobResult } from "../job.js";
import { feed, type FeedEnd } from "../produce/feed.js";
import { closeAfter } from "../produce/close-after.js";
import { ProduceRun } from "../produce/produce-run.js";
import { oneStation } from "../produce/target.js";
import { lastSequences, verifyStation } from "../proof/verify.js";
import { formatBytes, plural, printable } from "../report/format.js";
import { withProgress } from "../terminal/progress.js";
import { type ImportProof, type ImportReport, reportImport } from "./import-report.js";
import { differences, ensureStation } from "./station.js";

const MAX_SKIPPED_SHOWN = 10;

/** Streams the records of one input into one station, and proves what arrived. */
export async function runImport(options: ImportOptions, context: JobContext): Promise<JobResult> {
  const { output, interrupt } = context;
  await using input = await openInput(options.input);
  await using broker = await openBroker(options.broker);
  const { connection, embedded } = broker;
  output.line(`Server: ${broker.description}`);
  const admin = createStationAdmin(connection);
  const before = await ensureStation(admin, options, { embedded });
  tellStation(before, options, context);
  const { run, end, skipped, emptyLines } = await produce(options, { connection, input, context });
  const wasRead = end.type === "input-ended" || end.type === "limit-reached";
  const proof =
    options.verify && wasRead && run.ledger.count > 0
      ? await prove(connection, { run, before, admin, context })
      : undefined;
  const report: ImportReport = { options, input, broker, station: before.name, run, end, skipped, emptyLines, proof };
  return reportImport(output, report, interrupt);
}

function tellStation(station: StationDescription, options: ImportOptions, { output }: JobContext): void {
  const { name, partitions, totals } = station;
  const held = totals.messages === 0 ? "" : `, with ${plural(totals.messages, "message")} before this run`;
  output.line(`Station: ${name}, ${plural(partitions.length, "partition")}${held}`);
  const otherwise = differences(options, station);
  if (otherwise.length > 0) {
    output.note(`The station was there already and keeps its settings (${otherwise.join("; ")}).`);
  }
}

interface Produced {
  readonly run: ProduceRun;
  readonly end: FeedEnd;
  readonly skipped: number;
  readonly emptyLines: number;
}

async function produce(
  options: ImportOptions,
  { connection, input, context }: { connection: Connection; input: OpenInput; context: JobContext },
): Promise<Produced> {
  const { output, interrupt, showProgress } = context;
  const { stationName, inFlight, partitioner } = options;
  const producer = await createProducer(connection, {
    stationName,
    producerName: "stationkit-demo",
    partitioner,
    ...(inFlight !== undefined && { maxInFlightMessages: inFlight }),
  });
  const run = new ProduceRun(oneStation(producer), options.mode);
  const parser = createParser(options.format, {
    key: options.key,
    maxLineBytes: options.maxLineBytes ?? connection.server.maxPayloadBytes,
  });
  const counts = { bytes: 0 };
  let skipped = 0;
  const policy = {
    skipBad: options.skipBad,
    limit: options.limit,
    signal: interrupt.signal,
    onSkipped: ({ line, problem }: { line: number; problem: string }) => {
      if (++skipped <= MAX_SKIPPED_SHOWN) output.note(`${input.name}, line ${line}: ${printable(problem)} (skipped)`);
      if (skipped === MAX_SKIPPED_SHOWN) output.note("Further bad records are only counted.");
    },
  };
  const progress = {
    label: input.sizeBytes === undefined ? input.name : `${input.name} (${formatBytes(input.sizeBytes)})`,
    total: input.sizeBytes,
    value: () => (input.sizeBytes === undefined ? run.counts.stored : counts.bytes),
    records: () => run.counts.stored,
  };
  const items = readItems(input, parser, { signal: interrupt.signal, counts });
  const end = await closeAfter(producer, () => withProgress(showProgress, progress, () => feed(items, run, policy)));
  return { run, end, skipped, emptyLines: parser.emptyLines };
}

interface Evidence {
  readonly run: ProduceRun;
  /** The station before the run. */
  readonly before: StationDescription;
  readonly admin: StationAdmin;
  readonly context: JobContext;
}

/** What stands in the way of a proof is part of the report: what was stored is told all the same. */
async function prove(connection: Connection, { run, before, admin, context }: Evidence): Promise<ImportProof> {
  const { signal } = context.interrupt;
  let read = 0;
  const progress = { label: "reading back", total: run.ledger.count, value: () => read, records: () => read };
  try {
    const station = await admin.describe(before.name);
    const claim = { station, ledgers: [run.ledger], before: lastSequences(before) };
    const [verdict] = await withProgress(context.showProgress, progress, () =>
      verifyStation(connection, claim, { signal, onRecord: () => read++ }),
    );
    return { verdict: signal.aborted ? undefined : verdict, obstacle: undefined };
  } catch (error) {
    return { verdict: undefined, obstacle: explain(error) };
  }
}
