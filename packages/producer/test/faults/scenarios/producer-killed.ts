import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { PRODUCER_DEFAULTS } from "@stationkit/producer";
import { judgeStation, Ledger, type Scenario, waitUntil } from "@stationkit/test-kit";
import { readDiary } from "../diary.js";
import { STATION } from "../stage.js";

const WINDOW = PRODUCER_DEFAULTS.maxInFlightMessages;

export const producerKilled: Scenario = {
  name: "producer-killed",
  title: "SIGKILL of the producer's own process, five times",
  group: "end",
  async run(context) {
    const { findings, random, count, version } = context;
    const program = await context.program("doomed-producer");
    const kills = context.isShort ? 2 : 5;
    const folder = mkdtempSync(join(tmpdir(), "stationkit-doomed-"));
    try {
      await using server = await startNats(version === undefined ? {} : { version });
      await using direct = await connect({ servers: server.url });
      const ledger = new Ledger();
      let mostUnknown = 0;
      for (let life = 0; life < kills; life++) {
        const file = join(folder, `diary-${life}`);
        const first = ledger.attempted;
        const last = Math.ceil((count * (life + 1)) / kills);
        const child = spawn(process.execPath, [program, server.url, file, String(first)], {
          stdio: ["ignore", "ignore", "inherit"],
        });
        const killedAt = random.between(last, last + 1_000);
        await killWhen(child, () => readDiary(file).attempted >= killedAt - first);
        mostUnknown = Math.max(mostUnknown, takeOver(ledger, file));
      }
      const verdict = await judgeStation(direct, STATION, ledger);
      findings.judge(STATION, verdict, { order: true });
      findings.figure("kills", kills);
      findings.figure("mostUnknown", mostUnknown);
      findings.expect(verdict.unknown > 0, "something was on its way each time");
      // The window, and the one message that waits for room.
      findings.expect(mostUnknown <= WINDOW + 1, "at most one window is unknown after each kill");
      findings.expect(verdict.acknowledged + verdict.unknown === verdict.attempted, "nothing failed before");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function killWhen(child: ChildProcess, isTime: () => boolean): Promise<void> {
  const ended = once(child, "exit");
  try {
    await waitUntil(() => child.exitCode !== null || isTime(), { what: "the doomed producer has come far enough" });
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
  if (child.signalCode !== "SIGKILL") throw new Error("the doomed producer ended before it was killed");
}

/** What one life wrote into its diary becomes part of the whole run. @returns how many messages it had heard nothing of. */
function takeOver(ledger: Ledger, file: string): number {
  const { attempted, ends } = readDiary(file);
  const first = ledger.attempted;
  for (let i = 0; i < attempted; i++) ledger.attempt();
  for (const { index, place } of ends) ledger.acknowledge(index, place);
  let unknown = 0;
  for (let index = first; index < first + attempted; index++) {
    if (ledger.isAcknowledged(index)) continue;
    ledger.fail(index, "unknown");
    ledger.report(index, "unknown");
    unknown++;
  }
  return unknown;
}
