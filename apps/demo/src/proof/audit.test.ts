import { describe, expect, test } from "vitest";
import { proofLines } from "../report/proof-lines.js";
import { Audit, type StoredRecord, type Verdict } from "./audit.js";
import type { FindingKind } from "./findings.js";
import { Ledger } from "./ledger.js";
import { markRecord, tryDecodeMark } from "./record-mark.js";

const COUNT = 100;
const KEYS = 8;

interface Fixture {
  readonly ledger: Ledger;
  /** In the order of partitions, as they are read. */
  readonly stored: StoredRecord[];
}

/** What an honest server holds: keys spread over two partitions, each in the order of the input. */
function honest(withKeys = true): Fixture {
  const ledger = new Ledger("run");
  const partitions: StoredRecord[][] = [[], []];
  for (let index = 0; index < COUNT; index++) {
    const payload = Buffer.from(`payload ${index}`);
    const key = withKeys ? `key ${index % KEYS}` : undefined;
    const mark = markRecord("run", index, payload, key);
    ledger.add(mark);
    const messages = partitions[index % 2]!;
    messages.push({ mark, payload, partition: (index % 2) + 1, sequence: messages.length + 1 });
  }
  return { ledger, stored: partitions.flat() };
}

function judge({ ledger, stored }: Fixture, maxKeys?: number): Verdict {
  const audit = new Audit(ledger, maxKeys);
  for (const record of stored) audit.add(record);
  return audit.verdict();
}

function kindsFound(verdict: Verdict): Partial<Record<FindingKind, number>> {
  return Object.fromEntries(
    Object.entries(verdict.findings).flatMap(([kind, { count }]) => (count > 0 ? [[kind, count]] : [])),
  );
}

describe("Audit", () => {
  test("holds for what an honest server has, and counts per partition", () => {
    const verdict = judge(honest());
    expect(verdict.holds).toBe(true);
    expect(kindsFound(verdict)).toEqual({});
    expect(verdict).toMatchObject({ expected: COUNT, found: COUNT, keys: KEYS, keysLimited: false });
    expect(verdict.partitions.get(1)).toMatchObject({ messages: 50, keys: 4 });
    expect(verdict.partitions.get(2)).toMatchObject({ messages: 50, keys: 4 });
  });

  test("finds records that are missing, and names the first", () => {
    const fixture = honest();
    const stored = fixture.stored.filter(({ mark }) => ![16, 17].includes(mark.index));
    const verdict = judge({ ...fixture, stored });
    expect(verdict.holds).toBe(false);
    expect(kindsFound(verdict)).toEqual({ missing: 2 });
    expect(verdict.findings.missing.examples).toEqual(["record 17, 18"]);
  });

  test("finds everything missing when nothing was read", () => {
    const verdict = judge({ ...honest(), stored: [] });
    expect(kindsFound(verdict)).toEqual({ missing: COUNT });
    expect(verdict.findings.missing.examples).toEqual(["record 1, 2, 3, 4, 5, …"]);
  });

  test("finds a record that is there twice", () => {
    const fixture = honest();
    fixture.stored.push({ ...fixture.stored[3]!, sequence: 900 });
    const verdict = judge(fixture);
    expect(verdict.holds).toBe(false);
    expect(kindsFound(verdict)).toEqual({ twice: 1 });
    expect(verdict.findings.twice.examples[0]).toContain("record 7 at sequence 900 of partition 1");
  });

  test("finds two records of one key that changed places", () => {
    const fixture = honest();
    const [a, b] = [fixture.stored[0]!, fixture.stored[4]!];
    expect(a.mark.key).toBe(b.mark.key);
    fixture.stored[0] = { ...b, sequence: a.sequence };
    fixture.stored[4] = { ...a, sequence: b.sequence };
    expect(kindsFound(judge(fixture))).toEqual({ outOfOrder: 1 });
  });

  test("lets records of different keys overtake each other", () => {
    const fixture = honest();
    const [a, b] = [fixture.stored[0]!, fixture.stored[1]!];
    expect(a.mark.key).not.toBe(b.mark.key);
    fixture.stored[0] = b;
    fixture.stored[1] = a;
    expect(judge(fixture).holds).toBe(true);
  });

  test("follows the order of each partition where records have no key", () => {
    const fixture = honest(false);
    expect(judge(fixture)).toMatchObject({ holds: true, keys: 0 });
    const [a, b] = [fixture.stored[0]!, fixture.stored[1]!];
    fixture.stored[0] = b;
    fixture.stored[1] = a;
    expect(kindsFound(judge(fixture))).toEqual({ outOfOrder: 1 });
  });

  test("finds a key that sits on two partitions", () => {
    const fixture = honest();
    fixture.stored.push({ ...fixture.stored.splice(10, 1)[0]!, partition: 2, sequence: 51 });
    const verdict = judge(fixture);
    expect(kindsFound(verdict)).toEqual({ splitKey: 1 });
    expect(verdict.findings.splitKey.examples[0]).toContain("also on partition 1");
  });

  test("finds a payload that was changed", () => {
    const fixture = honest();
    fixture.stored[5] = { ...fixture.stored[5]!, payload: Buffer.from("payload X") };
    const verdict = judge(fixture);
    expect(kindsFound(verdict)).toEqual({ changed: 1 });
    expect(verdict.findings.changed.examples[0]).toContain("record 11 at sequence 6");
  });

  test("finds a payload that was changed together with its mark", () => {
    const fixture = honest();
    const payload = Buffer.from("payload X");
    fixture.stored[5] = { ...fixture.stored[5]!, payload, mark: markRecord("run", 10, payload, "key 2") };
    expect(kindsFound(judge(fixture))).toEqual({ changed: 1 });
  });

  test("finds a record that was never in the input", () => {
    const fixture = honest();
    const payload = Buffer.from("more");
    fixture.stored.push({ mark: markRecord("run", COUNT, payload, "key 1"), payload, partition: 2, sequence: 51 });
    expect(kindsFound(judge(fixture))).toEqual({ unexpected: 1 });
  });

  test("says so when there are more keys than it follows", () => {
    expect(judge(honest(), 3)).toMatchObject({ holds: true, keys: 3, keysLimited: true });
  });

  test("every kind of finding has a line of its own", () => {
    const fixture = honest();
    const { stored } = fixture;
    stored[5] = { ...stored[5]!, payload: Buffer.from("changed") };
    [stored[6], stored[10]] = [stored[10]!, stored[6]!];
    stored.push({ ...stored[20]!, sequence: 51 });
    stored.push({ ...stored.splice(30, 1)[0]!, partition: 2, sequence: 52 });
    stored.shift();
    const lines = proofLines([{ name: "station", verdict: judge(fixture) }]);
    expect(lines.filter(({ holds }) => !holds).map(({ text }) => text)).toEqual([
      "1 record is missing",
      "1 record is there twice",
      "1 record is out of order",
      "1 record sits on another partition than the key's first one",
      "1 payload differs from what was read from the input",
    ]);
    expect(lines[0]!.examples).toEqual(["station: record 1"]);
  });
});

describe("record mark", () => {
  test("comes back as it went", () => {
    const mark = markRecord("abc", 1_234_567, Buffer.from("x"), "schlüssel");
    expect(tryDecodeMark(mark.text)).toEqual(mark);
    const keyless = markRecord("abc", 0, Buffer.alloc(0), undefined);
    expect(tryDecodeMark(keyless.text)).toEqual(keyless);
  });

  test.each(["", "run", "run.1.2", "run.1.2.", "run.1.2.-.5", ".1.2.-", "run.-1.2.-", "run.1.!.-"])(
    "is not read from %j",
    (text) => {
      expect(tryDecodeMark(text)).toBeUndefined();
    },
  );
});
