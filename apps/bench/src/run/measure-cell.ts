import { connect } from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";
import type { AnyContender, Task } from "../contender/catalog.js";
import type { Cell } from "../contender/cells.js";
import type { GroupProgress, Job, Measurement, Trials } from "../worker/job.js";
import { startBroker } from "./broker.js";
import { startControlPlane } from "./control-plane.js";
import { fillStation } from "./fill-station.js";
import { groupProgress } from "./group-progress.js";
import { runJob } from "./run-job.js";

const STATION = "bench";

/** A cell, and how it is to be run. */
export interface CellRun {
  readonly task: Task;
  readonly cell: Cell;
  readonly contender: AnyContender;
  readonly cluster: boolean;
  readonly messages: number;
  /** See {@link Job}. */
  readonly windows: readonly number[];
  readonly pacedMs: number;
  readonly timeoutMs: number;
}

/**
 * Runs one contender on a server, a station and a process that nobody used before: peaks of memory are its own, and no contender
 * inherits the files or the remembered ids of another. Readers find a station that is filled.
 * @throws {Error} when the contender fails, or the station does not hold exactly what was sent.
 */
export async function measureCell(run: CellRun): Promise<Measurement | Trials> {
  const { task, cell, contender, cluster, windows, pacedMs, timeoutMs } = run;
  const { partitions, sizeBytes } = cell;
  await using broker = await startBroker(cluster);
  await using connection = await connect({ servers: [...broker.urls] });
  const admin = createStationAdmin(connection);
  await admin.create({ name: STATION, partitions });
  const describe = () => admin.describe(STATION);
  const server = broker.urlOf((await describe()).partitions[0]?.leader);
  const stored = async (): Promise<number> => (await describe()).totals.messages;
  const perPartition = Math.ceil(run.messages / partitions);
  if (task === "consume") await fillStation(connection, { station: STATION, partitions, perPartition, sizeBytes });
  const before = await stored();
  const job: Job = {
    task,
    contender: cell.contender,
    server,
    serverPids: broker.pids,
    station: STATION,
    partitions,
    sizeBytes,
    // All partitions hold the same number.
    messages: task === "consume" ? before : run.messages,
    windows,
    pacedMs,
  };
  const progressOf = (group: string): Promise<GroupProgress> =>
    groupProgress(connection, { station: STATION, partitions, group });
  const controlPlane = contender.needsControlPlane
    ? await startControlPlane({ server, station: STATION, partitions })
    : undefined;
  let result: Measurement | Trials;
  try {
    result = await runJob(job, { answers: { stored, progressOf }, timeoutMs });
  } finally {
    await controlPlane?.[Symbol.asyncDispose]();
  }
  if (result.kind === "measurement" && (await stored()) !== before + result.sent) {
    throw new Error(`sent ${result.sent} messages, the station has ${(await stored()) - before} more`);
  }
  return result;
}
