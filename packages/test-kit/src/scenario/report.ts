import { brokenReading, type Reading } from "../checker/reading.js";
import { brokenPromises, type Promised, type Verdict } from "../checker/verdict.js";

/** What a scenario found. JSON-safe: it travels from the process that ran the scenario. */
export interface Report {
  /** In words; empty when every promise was kept, and the faults were really there. */
  readonly broken: readonly string[];
  /** By what was judged: a station, mostly. */
  readonly verdicts: Readonly<Record<string, Verdict & Promised>>;
  /** By the group that read. */
  readonly readings: Readonly<Record<string, Reading & Promised>>;
  /** What else is worth knowing, such as how often the connection was lost. */
  readonly figures: Readonly<Record<string, number>>;
}

/** Writes a report while a scenario runs. */
export class Findings {
  readonly #broken: string[] = [];
  readonly #verdicts: Record<string, Verdict & Promised> = {};
  readonly #readings: Record<string, Reading & Promised> = {};
  readonly #figures: Record<string, number> = {};

  /** A promise that this scenario checks beside the verdict, or a condition without which it would prove nothing. */
  expect(holds: boolean, promise: string): void {
    if (!holds) this.#broken.push(`not so: ${promise}`);
  }

  figure(name: string, value: number): void {
    this.#figures[name] = value;
  }

  judge(name: string, verdict: Verdict, promised: Promised): void {
    this.#verdicts[name] = { ...verdict, ...promised };
    for (const each of brokenPromises(verdict, promised)) this.#broken.push(`${name}: ${each}`);
  }

  /** What a group was handed. */
  read(group: string, reading: Reading, promised: Promised): void {
    this.#readings[group] = { ...reading, ...promised };
    for (const each of brokenReading(reading, promised)) this.#broken.push(`${group}: ${each}`);
  }

  report(): Report {
    return { broken: this.#broken, verdicts: this.#verdicts, readings: this.#readings, figures: this.#figures };
  }
}
