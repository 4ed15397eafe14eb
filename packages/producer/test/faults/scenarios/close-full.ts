import { connect, type StationkitError } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer, type Delivery, type Producer } from "@stationkit/producer";
import { indexText, judgeStation, Ledger, type Random, type Scenario, startTcpProxy } from "@stationkit/test-kit";
import { PARTITIONS, STATION } from "../stage.js";

const WINDOW = 512;
const MAX_WAITING = 200;

/** Fills the window, lets more calls wait for room, and closes; the connection is cut now and then while that goes on. */
async function fillAndClose(producer: Producer, ledger: Ledger, close: () => Promise<unknown>, waiting: number) {
  let heard = 0;
  const first = ledger.attempted;
  const follow = (index: number, delivery: Delivery): void => {
    delivery.acknowledged.then(
      (ack) => {
        ledger.acknowledge(index, ack);
        heard++;
      },
      () => heard++,
    );
  };
  for (;;) {
    const delivery = producer.tryProduce({ message: indexText(ledger.attempted) });
    if (delivery === undefined) break;
    follow(ledger.attempt(), delivery);
  }
  const inWindow = ledger.attempted - first;
  for (let i = 0; i < waiting; i++) {
    const index = ledger.attempt();
    void producer.produce({ message: indexText(index) }).then((delivery) => {
      follow(index, delivery);
    });
  }
  const closed = close();
  const late = await producer.produce({ message: "late" }).then(
    () => "admitted",
    (error: unknown) => (error as StationkitError).code,
  );
  await closed;
  return { inWindow, isAllHeard: heard === ledger.attempted - first, late };
}

export const closeFull: Scenario = {
  name: "close-full",
  title: "close() with a full window and more calls waiting, again and again",
  group: "end",
  async run({ count, findings, random, version }) {
    await using server = await startNats(version === undefined ? {} : { version });
    await using proxy = await startTcpProxy(server);
    await using direct = await connect({ servers: server.url });
    const ledger = new Ledger();
    const rounds = { all: 0, cut: 0, byConnection: 0 };
    const wrong = { window: 0, unheard: 0, late: 0 };
    while (ledger.attempted < count) {
      await using connection = await connect({ servers: proxy.url, reconnectDelayMs: 20 });
      const producer = await createProducer(connection, {
        stationName: STATION,
        producerName: "p",
        station: { partitions: PARTITIONS },
        maxInFlightMessages: WINDOW,
      });
      const byConnection = random.chance(30);
      const close = (): Promise<unknown> => (byConnection ? connection.close() : producer.close());
      const cut = cutNowAndThen(random, () => {
        proxy.cut();
      });
      const result = await fillAndClose(producer, ledger, close, random.between(0, MAX_WAITING));
      rounds.all++;
      if (byConnection) rounds.byConnection++;
      if (await cut) rounds.cut++;
      if (result.inWindow !== WINDOW) wrong.window++;
      if (!result.isAllHeard) wrong.unheard++;
      if (result.late !== "SK_PRODUCER_CLOSED") wrong.late++;
    }
    const verdict = await judgeStation(direct, STATION, ledger);
    findings.judge(STATION, verdict, { order: true });
    for (const [name, value] of Object.entries(rounds)) findings.figure(`rounds-${name}`, value);
    findings.expect(verdict.acknowledged === verdict.attempted, "every message is acknowledged");
    findings.expect(wrong.window === 0, "the window was full each time");
    findings.expect(wrong.unheard === 0, "everything has ended when close() resolves");
    findings.expect(wrong.late === 0, "nothing is admitted once close() has begun");
  },
};

/** Cuts in every third round, a moment after the close has begun. */
async function cutNowAndThen(random: Random, cut: () => void): Promise<boolean> {
  const isDue = random.chance(33);
  for (let turns = random.between(1, 4); isDue && turns > 0; turns--) await new Promise(setImmediate);
  if (isDue) cut();
  return isDue;
}
