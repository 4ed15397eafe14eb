import { describe, expect, it } from "vitest";
import { brokenReading, ReadingAudit } from "./reading.js";

const byTens = (index: number): number => index % 10;

describe("ReadingAudit", () => {
  it("finds nothing where every message came, also where some came again", () => {
    const audit = new ReadingAudit(100, byTens);
    for (let index = 0; index < 100; index++) audit.add({ index, partition: (index % 2) + 1 });
    for (const index of [7, 7, 3]) audit.add({ index, partition: (index % 2) + 1 });
    const reading = audit.reading();
    expect(reading).toMatchObject({ messages: 100, received: 100, redeliveries: 3 });
    expect(brokenReading(reading, { order: true })).toEqual([]);
  });

  it("names what is missing, and what nobody produced", () => {
    const audit = new ReadingAudit(5, byTens);
    for (const index of [0, 1, 4, 5, Number.NaN]) audit.add({ index, partition: 1 });
    expect(brokenReading(audit.reading(), { order: false })).toEqual(["missing: 2 (2, 3)", "unexpected: 2 (5, NaN)"]);
    expect(brokenReading(audit.reading(new Set([2, 3])), { order: false })).toEqual(["unexpected: 2 (5, NaN)"]);
  });

  it("minds the order of first hand-outs only, per partition and per key", () => {
    const audit = new ReadingAudit(30, byTens);
    for (const [index, partition] of [
      ...[[1, 1] as const, [0, 2] as const],
      ...[[11, 1] as const, [1, 1] as const],
      ...[[21, 1] as const, [2, 1] as const],
    ]) {
      audit.add({ index, partition });
    }
    const reading = audit.reading();
    expect(reading.reorderedInPartition).toMatchObject({ count: 1, examples: [2] });
    expect(reading.reorderedByKey.count).toBe(0);
    audit.add({ index: 12, partition: 3 });
    audit.add({ index: 22, partition: 3 });
    expect(audit.reading().reorderedByKey.count).toBe(0);
    audit.add({ index: 15, partition: 4 });
    audit.add({ index: 5, partition: 5 });
    expect(audit.reading().reorderedByKey).toMatchObject({ count: 1, examples: [5] });
    expect(brokenReading(audit.reading(), { order: true })).toContain("reorderedInPartition: 1 (2)");
  });
});
