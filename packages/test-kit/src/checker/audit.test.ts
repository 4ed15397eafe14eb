import { describe, expect, it } from "vitest";
import { Audit, type AuditOptions, type StoredIndex } from "./audit.js";
import { Ledger } from "./ledger.js";
import { brokenPromises, type Defect, DEFECTS, ORDER_DEFECTS, type Verdict } from "./verdict.js";

const COUNT = 10;

/** Ten messages on one partition, all acknowledged and stored in order; message 3 and later have keys, 3 to 5 the same one. */
class Run {
  readonly ledger = new Ledger();
  readonly stored: StoredIndex[] = [];
  /** Messages whose end the test tells itself. */
  readonly #open: readonly number[];

  constructor(...open: number[]) {
    this.#open = open;
    for (let i = 0; i < COUNT; i++) {
      this.ledger.attempt(i < 3 ? undefined : Math.max(5, i));
      if (!this.#open.includes(i)) this.ledger.acknowledge(i, { partition: 1, sequence: i + 1, duplicate: false });
      this.stored.push({ index: i, partition: 1, sequence: i + 1 });
    }
  }

  take(index: number): StoredIndex {
    return this.stored.splice(
      this.stored.findIndex((message) => message.index === index),
      1,
    )[0]!;
  }

  judge(options?: AuditOptions): Verdict {
    const audit = new Audit(this.ledger, options);
    for (const message of this.stored) audit.add(message);
    return audit.verdict();
  }
}

/** The defects that were found, with their messages. */
function found({ defects }: Verdict): Partial<Record<Defect, readonly number[]>> {
  const kinds = [...DEFECTS, ...ORDER_DEFECTS].filter((kind) => defects[kind].count > 0);
  return Object.fromEntries(kinds.map((kind) => [kind, defects[kind].examples]));
}

describe("the checker", () => {
  it("finds nothing in a run in which nothing went wrong", () => {
    const verdict = new Run().judge();
    expect(verdict).toMatchObject({ attempted: 10, acknowledged: 10, stored: 10, notSent: 0, rejected: 0, unknown: 0 });
    expect(found(verdict)).toEqual({});
    expect(brokenPromises(verdict, { order: true })).toEqual([]);
  });

  it("finds a message that was acknowledged and is not stored", () => {
    const run = new Run();
    run.take(4);
    expect(found(run.judge())).toEqual({ lost: [4] });
  });

  it("finds a message that is stored twice, and counts it once however many copies there are", () => {
    const run = new Run();
    for (let sequence = 11; sequence < 16; sequence++) run.stored.push({ index: 9, partition: 1, sequence });
    expect(found(run.judge())).toEqual({ duplicated: [9] });
  });

  it("finds a message that nobody said anything about, stored or not", () => {
    const run = new Run(2, 6);
    run.take(6);
    expect(found(run.judge())).toEqual({ silent: [2, 6] });
  });

  it("finds a failure that only the promise, or only the event, told", () => {
    const run = new Run(2, 6);
    run.ledger.fail(2, "unknown");
    run.ledger.report(6, "unknown");
    expect(found(run.judge())).toEqual({ silent: [2, 6] });
  });

  it("finds a message that was denied and is stored, however the denial came", () => {
    const run = new Run(1, 2);
    run.ledger.fail(1, "rejected");
    run.ledger.report(1, "rejected");
    run.ledger.refuse(2, "not-sent");
    const verdict = run.judge();
    expect(found(verdict)).toEqual({ wronglyDenied: [1, 2] });
    expect(verdict).toMatchObject({ notSent: 1, rejected: 1, acknowledged: 8 });
  });

  it("tells what was unknown and is stored, which is no defect; unknown and not stored is none either", () => {
    const run = new Run(1, 2);
    for (const index of [1, 2]) {
      run.ledger.fail(index, "unknown");
      run.ledger.report(index, "unknown");
    }
    run.take(2);
    const verdict = run.judge();
    expect(found(verdict)).toEqual({});
    expect(verdict.recovered).toEqual({ count: 1, examples: [1] });
    expect(verdict.unknown).toBe(2);
  });

  it("finds messages that were told two ends, or one twice", () => {
    const run = new Run(3, 4, 5);
    const { ledger } = run;
    const place = { partition: 1, sequence: 1, duplicate: false };
    ledger.report(0, "unknown");
    ledger.acknowledge(1, { ...place, sequence: 2 });
    ledger.refuse(2, "not-sent");
    for (const index of [3, 4, 5]) ledger.fail(index, "unknown");
    ledger.report(3, "rejected");
    ledger.report(4, "unknown");
    ledger.report(4, "unknown");
    ledger.report(5, "unknown");
    ledger.refuse(5, "unknown");
    expect(run.judge().defects.contradicted.examples).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("finds an acknowledgement that names another place than the message has", () => {
    const run = new Run(0, 1);
    run.ledger.acknowledge(0, { partition: 1, sequence: 2, duplicate: true });
    run.ledger.acknowledge(1, { partition: 2, sequence: 2, duplicate: true });
    const verdict = run.judge();
    expect(found(verdict)).toEqual({ misplaced: [0, 1] });
    expect(verdict.duplicateAcks).toBe(2);
  });

  it("finds messages that nobody has produced", () => {
    const run = new Run();
    run.stored.push({ index: COUNT, partition: 1, sequence: 11 }, { index: undefined, partition: 1, sequence: 12 });
    expect(found(run.judge())).toEqual({ unexpected: [COUNT, -1] });
  });

  it("finds a message that was overtaken in its partition", () => {
    const run = new Run(1);
    run.ledger.acknowledge(1, { partition: 1, sequence: 11, duplicate: false });
    run.stored.push({ ...run.take(1), sequence: 11 });
    const verdict = run.judge();
    expect(found(verdict)).toEqual({ reorderedInPartition: [1] });
    expect(brokenPromises(verdict, { order: false })).toEqual([]);
    expect(brokenPromises(verdict, { order: true })).toEqual(["reorderedInPartition: 1 (1)"]);
  });

  it("finds a message that was overtaken by one of its key", () => {
    const run = new Run(3);
    run.ledger.acknowledge(3, { partition: 1, sequence: 11, duplicate: false });
    run.stored.push({ ...run.take(3), sequence: 11 });
    expect(found(run.judge())).toEqual({ reorderedInPartition: [3], reorderedByKey: [3] });
  });

  it("finds a key on two partitions", () => {
    const run = new Run(4);
    run.ledger.acknowledge(4, { partition: 2, sequence: 1, duplicate: false });
    run.take(4);
    run.stored.push({ index: 4, partition: 2, sequence: 1 });
    expect(found(run.judge())).toEqual({ splitKeys: [4] });
  });

  it("does not miss what the scenario has removed itself, and still looks for everything else there", () => {
    const run = new Run(1, 2);
    for (const index of [0, 3, 4, 7]) run.take(index);
    run.ledger.fail(2, "rejected");
    run.ledger.report(2, "rejected");
    expect(found(run.judge({ keptFrom: 5 }))).toEqual({ lost: [7], silent: [1], wronglyDenied: [2] });
  });

  it("keeps ten examples of a kind and counts the rest", () => {
    const ledger = new Ledger();
    for (let i = 0; i < 25; i++) ledger.attempt();
    const verdict = new Audit(ledger).verdict();
    expect(verdict.defects.silent).toEqual({ count: 25, examples: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
    expect(brokenPromises(verdict, { order: true })).toEqual(["silent: 25 (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …)"]);
  });

  it("refuses to hear of a message that was never attempted", () => {
    expect(() => {
      new Ledger().fail(0, "unknown");
    }).toThrow(RangeError);
  });

  it("takes a million messages in less than 32 MB", () => {
    const before = process.memoryUsage();
    const ledger = new Ledger();
    const audit = (): Audit => new Audit(ledger);
    for (let i = 0; i < 1_000_000; i++) {
      ledger.acknowledge(ledger.attempt(i % 1_000), { partition: 1, sequence: i + 1, duplicate: false });
    }
    const judged = audit();
    for (let i = 0; i < 1_000_000; i++) judged.add({ index: i, partition: 1, sequence: i + 1 });
    expect(found(judged.verdict())).toEqual({});
    const { arrayBuffers } = process.memoryUsage();
    expect(arrayBuffers - before.arrayBuffers).toBeLessThan(32_000_000);
  });
});
