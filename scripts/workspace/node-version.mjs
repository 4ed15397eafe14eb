// Imported first by every command, for its effect. It and all it is imported beside use only old syntax and old built-ins
// at load time, so that a Node that is too old gets this message and not a syntax error.
import { readFileSync } from "node:fs";

const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
const required = /"node":\s*">=([\d.]+)"/.exec(manifest)?.[1] ?? "0";

/**
 * @param {string} version - "20.19.0", no leading "v"
 * @param {string} minimum
 */
export function isAtLeast(version, minimum) {
  const [a, b] = [version, minimum].map((text) => text.split(".").map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

if (!isAtLeast(process.versions.node, required)) {
  console.error(
    `stationkit needs Node ${required} or newer; this is Node ${process.versions.node} (${process.execPath}).`,
  );
  console.error("Install a newer one (see .node-version), then run the same command again.");
  process.exit(1);
}
