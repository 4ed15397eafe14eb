import type { Verdict } from "../proof/audit.js";
import { FINDING_KINDS, type FindingKind } from "../proof/findings.js";
import { formatCount, plural } from "./format.js";

/** A verdict, and on what. */
export interface NamedVerdict {
  readonly name: string;
  readonly verdict: Verdict;
}

/** One line of the proof. */
export interface ProofLine {
  readonly holds: boolean;
  readonly text: string;
  /** Where it does not hold. */
  readonly examples: readonly string[];
}

/** One line for each thing that is proven, over all verdicts together; `unexpected` only when it was found. */
export function proofLines(verdicts: readonly NamedVerdict[]): ProofLine[] {
  const kinds = FINDING_KINDS.filter((kind) => kind !== "unexpected" || count(verdicts, kind) > 0);
  return kinds.map((kind) => {
    const found = count(verdicts, kind);
    const holds = found === 0;
    return {
      holds,
      text: holds ? whatHolds(kind, verdicts) : whatIsBroken(kind, found),
      examples: examples(verdicts, kind),
    };
  });
}

function count(verdicts: readonly NamedVerdict[], kind: FindingKind): number {
  return verdicts.reduce((total, { verdict }) => total + verdict.findings[kind].count, 0);
}

function examples(verdicts: readonly NamedVerdict[], kind: FindingKind): string[] {
  return verdicts.flatMap(({ name, verdict }) => verdict.findings[kind].examples.map((text) => `${name}: ${text}`));
}

function whatHolds(kind: FindingKind, verdicts: readonly NamedVerdict[]): string {
  switch (kind) {
    case "missing":
      return `nothing is missing: ${readBack(verdicts)}`;
    case "twice":
      return "nothing is there twice";
    case "outOfOrder":
      return hasKeys(verdicts) ? "order is kept per key" : "order is kept per partition";
    case "splitKey":
      return hasKeys(verdicts) ? `each key sits on one partition: ${keys(verdicts)}` : "no record has a key";
    case "changed":
      return "every payload is the one that was read from the input";
    case "unexpected":
      return "nothing is there that was not in the input";
  }
}

function whatIsBroken(kind: FindingKind, found: number): string {
  switch (kind) {
    case "missing":
      return `${plural(found, "record is", "records are")} missing`;
    case "twice":
      return `${plural(found, "record is", "records are")} there twice`;
    case "outOfOrder":
      return `${plural(found, "record is", "records are")} out of order`;
    case "splitKey":
      return `${plural(found, "record sits", "records sit")} on another partition than the key's first one`;
    case "changed":
      return `${plural(found, "payload differs", "payloads differ")} from what was read from the input`;
    case "unexpected":
      return `${plural(found, "record was", "records were")} never in the input`;
  }
}

function readBack(verdicts: readonly NamedVerdict[]): string {
  const found = verdicts.reduce((total, { verdict }) => total + verdict.found, 0);
  const expected = verdicts.reduce((total, { verdict }) => total + verdict.expected, 0);
  return `${formatCount(found)} of ${plural(expected, "record")} read back from the server`;
}

function hasKeys(verdicts: readonly NamedVerdict[]): boolean {
  return verdicts.some(({ verdict }) => verdict.keys > 0);
}

function keys(verdicts: readonly NamedVerdict[]): string {
  const most = Math.max(...verdicts.map(({ verdict }) => verdict.keys));
  const limited = verdicts.some(({ verdict }) => verdict.keysLimited);
  return limited ? `the first ${formatCount(most)} keys were followed` : plural(most, "key");
}
