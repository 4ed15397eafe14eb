import { connect } from "@stationkit/core-protocol";
import { createStationAdmin } from "@stationkit/station-admin";
import type { Cell } from "../contender/cells.js";
import type { Contender } from "../contender/contender.js";
import type { Job, Measurement, Trials } from "../worker/job.js";
import { startBroker } from "./broker.js";
import { startControlPlane } from "./control-plane.js";
import { runJob } from "./run-job.js";

const STATION = "bench";

/** A cell, and how it is to be run. */
export interface CellRun {
  readonly cell: Cell;
  readonly contender: Contender;
  readonly cluster: boolean;
  readonly messages: number;
  /** See {@link Job}. */
  readonly windows: readonly number[];
  readonly pacedMs: number;
  readonly timeoutMs: number;
}

/**
 * Runs one contender on a server, a station and a process that nobody used before: peaks of memory are its own, and no contender
 * inherits the files or the remembered ids of another.
 * @throws {Error} when the contender fails, or the station does not hold exactly what was sent.
 */
export async function measureCell(run: CellRun): Promise<Measurement | Trials> {
  const { cell, contender, cluster, messages, windows, pacedMs, timeoutMs } = run;
  await using broker = await startBroker(cluster);
  await using connection = await connect({ servers: [...broker.urls] });
  const admin = createStationAdmin(connection);
  await admin.create({ name: STATION, partitions: cell.partitions });
  const describe = () => admin.describe(STATION);
  const server = broker.urlOf((await describe()).partitions[0]?.leader);
  const stored = async (): Promise<number> => (await describe()).totals.messages;
  const job: Job = {
    contender: cell.contender,
    server,
    serverPids: broker.pids,
    station: STATION,
    sizeBytes: cell.sizeBytes,
    messages,
    windows,
    pacedMs,
  };
  const controlPlane = contender.needsControlPlane ? await startControlPlane(server, cell.partitions) : undefined;
  let result: Measurement | Trials;
  try {
    result = await runJob(job, { stored, timeoutMs });
  } finally {
    await controlPlane?.[Symbol.asyncDispose]();
  }
  if (result.kind === "measurement" && (await stored()) !== result.sent) {
    throw new Error(`sent ${result.sent} messages, the station holds ${await stored()}`);
  }
  return result;
}
