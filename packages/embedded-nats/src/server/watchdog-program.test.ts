import { expect, it } from "vitest";
import { watchdogProgram } from "./watchdog-program.js";

it("the watchdog's text is a program by itself: it uses no import and nothing that a transformation put beside it", () => {
  const text = String(watchdogProgram);
  expect(text).not.toMatch(/\bimport\b|__\w+|\bexports\b/);
  // Compiled, not run: what is not JavaScript any more throws here.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it is handed to `node --eval` in the same way
  expect(() => new Function(`(${text})`)).not.toThrow();
});
