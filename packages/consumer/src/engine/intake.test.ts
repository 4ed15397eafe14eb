import { describe, expect, it } from "vitest";
import { Intake } from "./intake.js";
import type { StationMessage } from "./station-message.js";

const message = (sequence: number): StationMessage => ({ sequence }) as unknown as StationMessage;

describe("Intake", () => {
  it("gives what was put in, in order, over any number of messages", () => {
    const intake = new Intake();
    let put = 0;
    let taken = 0;
    for (let round = 1; round <= 100; round++) {
      for (let i = 0; i < round; i++) intake.push(message(put++));
      for (let i = 0; i < round * 0.9; i++) expect(intake.shift()?.sequence).toBe(taken++);
      expect(intake.length).toBe(put - taken);
      expect([...intake].map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: put - taken }, (_, i) => taken + i),
      );
    }
    while (taken < put) expect(intake.shift()?.sequence).toBe(taken++);
    expect(intake.shift()).toBeUndefined();
    expect(intake.length).toBe(0);
  });
});
