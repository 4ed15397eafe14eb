import type { Output } from "../terminal/output.js";
import { type NamedVerdict, proofLines } from "./proof-lines.js";

/** Prints a line for each thing that was proven; what is broken goes to stderr as well, so that it is seen with --quiet. */
export function printProof(output: Output, verdicts: readonly NamedVerdict[]): void {
  for (const { holds, text, examples } of proofLines(verdicts)) {
    if (holds) {
      output.line(`  ${output.style("green", "✓")} ${text}`);
    } else {
      output.error(`  ${output.style("red", "✗")} ${text}`);
      for (const example of examples) output.error(`      ${example}`);
    }
  }
}
