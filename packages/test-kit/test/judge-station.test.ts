import { describe, expect, it } from "vitest";
import { brokenPromises, judgeStation, Ledger, readStation } from "../src/index.js";
import { useBroker } from "../src/vitest/index.js";

const broker = useBroker();

interface Published {
  readonly stream: string;
  readonly seq: number;
}

/** A station of raw streams, and a way to put messages into it that no producer would. */
async function rawStation(partitions: number) {
  const connection = await broker.connect();
  const name = broker.station();
  for (let partition = 1; partition <= partitions; partition++) {
    const stream = `${name}$${partition}`;
    await connection.jetStream.request(`STREAM.CREATE.${stream}`, { name: stream, subjects: [`${stream}.>`] });
  }
  const publish = async (partition: number, text: string, token = "final"): Promise<Published> =>
    (await connection.natsConnection.request(`${name}$${partition}.${token}`, text)).json<Published>();
  return { connection, name, publish };
}

describe("what a station holds", () => {
  it("is read per partition in order, without what was not produced to it", async () => {
    const { connection, name, publish } = await rawStation(2);
    for (const text of ["0", "2"]) await publish(1, text);
    await publish(1, "beside", "flood");
    for (const text of ["1", "3"]) await publish(2, text);
    const stored = await readStation(connection, name);
    expect(stored.map(({ partition, sequence, text }) => [partition, sequence, text])).toEqual([
      [1, 1, "0"],
      [1, 2, "2"],
      [2, 1, "1"],
      [2, 2, "3"],
    ]);
  });

  it("is found wrong where it is: lost, doubled, denied, moved, foreign and out of order", async () => {
    const { connection, name, publish } = await rawStation(1);
    const ledger = new Ledger();
    for (const text of ["0", "1 xxx", "1 xxx", "3", "2", "99", "no index"]) await publish(1, text);
    for (const sequence of [1, 2, 5, 4])
      ledger.acknowledge(ledger.attempt(), { partition: 1, sequence, duplicate: false });
    ledger.acknowledge(ledger.attempt(), { partition: 1, sequence: 6, duplicate: false });
    ledger.refuse(ledger.attempt(), "rejected");
    await publish(1, "5");
    const verdict = await judgeStation(connection, name, ledger);
    expect(brokenPromises(verdict, { order: true })).toEqual([
      "lost: 1 (4)",
      "duplicated: 1 (1)",
      "wronglyDenied: 1 (5)",
      "unexpected: 2 (99, -1)",
      "reorderedInPartition: 1 (2)",
    ]);
    expect(verdict).toMatchObject({ attempted: 6, acknowledged: 5, rejected: 1, stored: 8 });
  });

  it("is read to the end also when it is more than one batch, and when messages in the middle are gone", async () => {
    const { connection, name, publish } = await rawStation(1);
    const { natsConnection } = connection;
    for (let i = 0; i < 9_999; i++) natsConnection.publish(`${name}$1.final`, String(i));
    await publish(1, "9999");
    for (const seq of [1, 2_000, 2_001]) await connection.jetStream.request(`STREAM.MSG.DELETE.${name}$1`, { seq });
    const ledger = new Ledger();
    for (let i = 0; i < 10_000; i++)
      ledger.acknowledge(ledger.attempt(), { partition: 1, sequence: i + 1, duplicate: false });
    const verdict = await judgeStation(connection, name, ledger);
    expect(brokenPromises(verdict, { order: true })).toEqual(["lost: 3 (0, 1999, 2000)"]);
    expect(verdict.stored).toBe(9_997);
  });

  it("may be nothing", async () => {
    const { connection, name } = await rawStation(3);
    expect(await readStation(connection, name)).toEqual([]);
  });
});
