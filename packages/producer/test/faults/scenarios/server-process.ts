import { setTimeout as sleep } from "node:timers/promises";
import { type Scenario, waitUntil } from "@stationkit/test-kit";
import { expectAllAcknowledged, play, type Stage } from "../stage.js";

/** The connection was lost as often as the server ended. */
function expectDisconnects(stage: Stage, count: number): void {
  stage.context.findings.expect(stage.log.disconnects === count, `the connection was lost ${count} times`);
}

function endAndRestart(signal: NodeJS.Signals, full: number, short: number): Scenario["run"] {
  return (context) =>
    play(context, {
      order: true,
      fault: (stage) =>
        stage.at(full, short, () =>
          stage.andReconnect(async () => {
            await stage.server.kill(signal);
            await sleep(context.random.between(0, 300));
            await stage.server.restart();
          }),
        ),
      check(stage, verdict) {
        expectDisconnects(stage, context.isShort ? short : full);
        expectAllAcknowledged(stage, verdict);
      },
    });
}

export const serverKilled: Scenario = {
  name: "server-killed",
  title: "SIGKILL and restart of the server, five times",
  group: "server",
  run: endAndRestart("SIGKILL", 5, 3),
};

export const serverTerminated: Scenario = {
  name: "server-terminated",
  title: "SIGTERM and restart of the server, five times",
  group: "server",
  run: endAndRestart("SIGTERM", 5, 1),
};

export const serverLameDuck: Scenario = {
  name: "server-lame-duck",
  title: "lame duck, then restart of the server, twice",
  group: "server",
  run: (context) =>
    play(context, {
      order: true,
      // The shortest that nats-server allows; it ends as soon as its clients are gone.
      server: { configText: 'lame_duck_duration: "30s"\nlame_duck_grace_period: "500ms"' },
      fault: (stage) =>
        stage.at(2, 1, () =>
          stage.andReconnect(async () => {
            stage.server.lameDuck();
            await waitUntil(() => stage.server.pid === undefined, { what: "the lame duck has ended" });
            await stage.server.restart();
          }),
        ),
      check(stage, verdict) {
        expectDisconnects(stage, context.isShort ? 1 : 2);
        expectAllAcknowledged(stage, verdict);
      },
    }),
};

export const serverPaused: Scenario = {
  name: "server-paused",
  title: "SIGSTOP of the server for 5 s",
  group: "server",
  run(context) {
    const pauseMs = context.isShort ? 2_500 : 5_000;
    return play(context, {
      order: true,
      fault: (stage) =>
        stage.at(1, 1, async () => {
          stage.server.pause();
          await sleep(pauseMs);
          stage.server.resume();
        }),
      check(stage, verdict) {
        // The same connection all along, so that what was sent again arrived twice.
        expectDisconnects(stage, 0);
        context.findings.expect(stage.load.slowestMs > pauseMs - 500, "messages had to wait for the server");
        expectAllAcknowledged(stage, verdict);
      },
    });
  },
};

export const withoutIds: Scenario = {
  name: "without-ids",
  title: "SIGKILL of the server twice, messages without ids",
  group: "server",
  run: (context) =>
    play(context, {
      order: true,
      producer: { idempotent: false, deliveryTimeoutMs: 5_000, maxInFlightMessages: 512 },
      fault: (stage) =>
        stage.at(2, 2, () =>
          stage.andReconnect(async () => {
            await stage.server.kill();
            await stage.server.restart();
          }),
        ),
      check(_stage, verdict) {
        const { findings } = context;
        findings.expect(verdict.unknown > 0, "what was on its way is reported as unknown");
        findings.expect(verdict.unknown <= 2 * 512, "no more than a window is unknown each time");
        findings.expect(verdict.notSent + verdict.rejected === 0, "nothing else fails");
        findings.expect(verdict.duplicateAcks === 0, "nothing is recognised");
      },
    }),
};
