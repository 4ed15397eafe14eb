import { connect, type StationkitError } from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import { createProducer, type Delivery } from "@stationkit/producer";
import { createStationAdmin } from "@stationkit/station-admin";
import { indexText, judgeStation, Ledger, type Scenario, waitUntil } from "@stationkit/test-kit";

const [OPEN, DENIED] = ["open", "denied"];

const config = {
  authorization: {
    users: [
      { user: "all", password: "secret" },
      { user: "some", password: "secret", permissions: { publish: { deny: [`${DENIED}$1.final`] } } },
    ],
  },
};

export const permissionDenied: Scenario = {
  name: "permission-denied",
  title: "every message to two stations, one of which the login may not publish to",
  group: "refusal",
  async run({ count, findings, version }) {
    await using server = await startNats({ config, ...(version === undefined ? {} : { version }) });
    await using direct = await connect({ servers: server.url, username: "all", password: "secret" });
    const admin = createStationAdmin(direct);
    for (const name of [OPEN, DENIED]) await admin.create({ name });
    await using connection = await connect({ servers: server.url, username: "some", password: "secret" });
    const producer = await createProducer(connection, { stationName: [OPEN, DENIED], producerName: "p" });
    const ledgers = { [OPEN]: new Ledger(), [DENIED]: new Ledger() };
    const codes = new Set<string>();
    let open = 0;
    producer.on("delivery-failed", ({ code, outcome }, { station, request }) => {
      codes.add(code);
      ledgers[station]?.report(Number(request.message), outcome);
    });
    const follow = (index: number, { station, acknowledged }: Delivery): void => {
      const ledger = ledgers[station];
      open++;
      acknowledged
        .then(
          (ack) => ledger?.acknowledge(index, ack),
          (error: unknown) => ledger?.fail(index, (error as StationkitError).outcome),
        )
        .finally(() => open--);
    };
    for (let i = 0; i < count; i++) {
      for (const ledger of Object.values(ledgers)) ledger.attempt();
      const { deliveries } = await producer.produce({ message: indexText(i) });
      for (const delivery of deliveries) follow(i, delivery);
    }
    await producer.flush().catch(() => undefined);
    await waitUntil(() => open === 0, { what: "every delivery has ended" });
    for (const [station, ledger] of Object.entries(ledgers)) {
      const verdict = await judgeStation(direct, station, ledger);
      findings.judge(station, verdict, { order: true });
      const ended = station === OPEN ? verdict.acknowledged : verdict.rejected;
      findings.expect(ended === count, `all messages to station "${station}" end in the one right way`);
    }
    findings.expect([...codes].join() === "SK_PERMISSION_DENIED", "failures say that the login may not");
    await producer.close().catch(() => undefined);
  },
};
