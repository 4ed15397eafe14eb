import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { repository } from "./paths.js";

/** Vitest's global setup: builds the benchmark and what it measures; turbo replays what has not changed. */
export default function build(): void {
  const turbo = join(repository, "node_modules/.bin/turbo");
  execFileSync(turbo, ["run", "build", "--filter=@stationkit/bench...", "--output-logs=errors-only"], {
    cwd: repository,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "ignore", "inherit"],
  });
}
