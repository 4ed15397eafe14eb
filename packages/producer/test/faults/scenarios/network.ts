import { setTimeout as sleep } from "node:timers/promises";
import { type Scenario, waitUntil } from "@stationkit/test-kit";
import { expectAllAcknowledged, play } from "../stage.js";

export const connectionCut: Scenario = {
  name: "connection-cut",
  title: "connection cut 20 times",
  group: "network",
  run: (context) =>
    play(context, {
      order: true,
      isProxied: true,
      fault: (stage) =>
        stage.at(20, 8, () =>
          stage.andReconnect(() => {
            stage.proxy.cut();
          }),
        ),
      check(stage, verdict) {
        const cuts = context.isShort ? 8 : 20;
        context.findings.expect(stage.log.disconnects === cuts, `the connection was lost ${cuts} times`);
        expectAllAcknowledged(stage, verdict);
      },
    }),
};

export const acksDropped: Scenario = {
  name: "acks-dropped",
  title: "acks dropped while messages arrive, then a cut, 10 times",
  group: "network",
  run: (context) =>
    play(context, {
      order: true,
      isProxied: true,
      fault: (stage) =>
        stage.at(10, 4, () =>
          stage.andReconnect(async () => {
            const { droppedBytes } = stage.proxy;
            stage.proxy.drop("to-client");
            await waitUntil(() => stage.proxy.droppedBytes > droppedBytes, { what: "an acknowledgement is dropped" });
            await sleep(context.random.between(0, 300));
            stage.proxy.restore();
          }),
        ),
      check(stage, verdict) {
        const drops = context.isShort ? 4 : 10;
        context.findings.expect(verdict.duplicateAcks >= drops, "what was stored unheard was sent again, each time");
        expectAllAcknowledged(stage, verdict);
      },
    }),
};

export const networkStalled: Scenario = {
  name: "network-stalled",
  title: "each direction stalled in turn for up to 2.5 s, with delays between",
  group: "network",
  run: (context) =>
    play(context, {
      order: true,
      isProxied: true,
      fault: (stage) =>
        stage.at(6, 2, async (n) => {
          stage.proxy.stall(n % 2 === 0 ? "to-server" : "to-client");
          // Shorter and longer than a try may take.
          await sleep(context.random.between(200, 2_500));
          stage.proxy.restore();
          stage.proxy.delay("to-client", () => context.random.between(0, 40));
          await sleep(300);
          stage.proxy.restore();
        }),
      check: expectAllAcknowledged,
    }),
};

export const halfOpen: Scenario = {
  name: "half-open",
  title: "half-open socket: the other end is gone and nobody says so, 3 times",
  group: "network",
  run: (context) =>
    play(context, {
      order: true,
      isProxied: true,
      connect: { pingIntervalMs: 500 },
      fault: (stage) =>
        stage.at(3, 1, () =>
          stage.andReconnect(() => {
            stage.proxy.halfOpen();
          }),
        ),
      check(stage, verdict) {
        const times = context.isShort ? 1 : 3;
        context.findings.expect(stage.log.stale >= times, "the silence itself was noticed");
        expectAllAcknowledged(stage, verdict);
      },
    }),
};
