import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "@stationkit/core-protocol";
import { type Scenario, waitUntil } from "@stationkit/test-kit";
import { expectAllAcknowledged, type Play, play, PARTITIONS, type Stage, STATION } from "../stage.js";

const GONE = "SK_STATION_NOT_FOUND";

export const stationDeleted: Scenario = {
  name: "station-deleted",
  title: "station deleted under load, and made again",
  group: "refusal",
  run(context) {
    let keptFrom = 0;
    return play(context, {
      // What was refused for the moment may land behind what the new station took: case 1 of docs/guarantees.md.
      order: false,
      async fault(stage) {
        await stage.at(1, 1, async () => {
          await stage.admin.destroy(STATION);
          keptFrom = stage.load.attempted;
          await waitUntil(() => stage.load.failed > 0, { what: "the producer hears of it" });
          await stage.admin.create({ name: STATION, partitions: PARTITIONS });
          const before = stage.load.acknowledged;
          await waitUntil(() => stage.load.acknowledged > before, { what: "the new station is used" });
        });
        // Done only when the new station has taken its share.
        await stage.load.reached(stage.load.attempted + context.count / 4);
      },
      audit: () => ({ keptFrom }),
      check({ load }) {
        // As the cause where a batch of fast ingest was cut short, all of whose messages may have been stored.
        const told = (load.codes.get(GONE) ?? 0) + (load.causes.get(GONE) ?? 0);
        context.findings.expect(told > 0 && told === load.failed, "every failure says that the station is gone");
      },
    });
  },
};

/** Messages that the station's first partition takes beside the producer's own, in bursts, until it has asked for less. */
async function flood(stage: Stage): Promise<void> {
  const { natsConnection, inboxPrefix }: Connection = stage.log.connection;
  let throttled = 0;
  const inbox = `${inboxPrefix}.flood`;
  const subscription = natsConnection.subscribe(inbox, {
    callback: (_error, message) => {
      if (message.headers?.code === 429) throttled++;
    },
  });
  await stage.at(8, 4, async () => {
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 2_000; i++) natsConnection.publish(`${STATION}$1.flood`, "x", { reply: inbox });
      await natsConnection.flush();
      await sleep(20);
    }
  });
  subscription.unsubscribe();
  stage.context.findings.figure("throttled", throttled);
  stage.context.findings.expect(throttled > 0, "the server asked to slow down");
}

/** A server that asks to slow down whenever more than 20 messages wait for a stream. */
const throttling: Pick<Play, "server" | "fault" | "check"> = {
  server: { config: { jetstream: { max_buffered_msgs: 20 } } },
  fault: flood,
  check: expectAllAcknowledged,
};

/** `max_buffered_msgs` came with 2.11; older servers do not start with it. */
function unfitToThrottle(version: string): string | undefined {
  return version.startsWith("2.10.") ? `nats-server ${version} cannot be made to ask for less` : undefined;
}

export const throttled: Scenario = {
  name: "throttled",
  title: "429 again and again",
  group: "refusal",
  unfit: unfitToThrottle,
  // A message that was refused lands behind those on the wire: case 1 of docs/guarantees.md.
  run: (context) => play(context, { ...throttling, order: false }),
};

export const throttledStrict: Scenario = {
  name: "throttled-strict",
  title: "429 again and again, strict order",
  group: "refusal",
  unfit: unfitToThrottle,
  run: (context) => play(context, { ...throttling, order: true, producer: { ordering: "strict" } }),
};

export const stationFull: Scenario = {
  name: "station-full",
  title: "station full and set to refuse, from the middle of the run on",
  group: "refusal",
  run(context) {
    const capacity = Math.floor(context.count / 2 / PARTITIONS);
    return play(context, {
      order: true,
      producer: {
        station: {
          partitions: PARTITIONS,
          retention: { type: "messages", maxMessages: capacity },
          discard: "new",
        },
      },
      fault: () => Promise.resolve(),
      check({ load }, verdict) {
        const { findings } = context;
        findings.expect(verdict.stored === capacity * PARTITIONS, "the station took what fits, to the last message");
        findings.expect(verdict.rejected === verdict.attempted - verdict.stored, "all others are rejected");
        findings.expect([...load.codes.keys()].join() === "SK_STATION_FULL", "because the station is full");
      },
    });
  },
};
