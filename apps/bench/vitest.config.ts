import type { ViteUserConfig } from "vitest/config";
import { packageConfig } from "../../vitest.shared.js";

/** The integration tests run the built benchmark, as `npm run bench` does: it is built once, before them. */
function withBuild(config: ViteUserConfig): ViteUserConfig {
  for (const project of config.test?.projects ?? []) {
    if (typeof project !== "object" || !("test" in project) || project.test.name !== "integration") continue;
    project.test.globalSetup = ["./test/support/build.ts"];
    // Two benchmarks at once on two cores would take longer, and measure each other.
    project.test.fileParallelism = false;
  }
  return config;
}

export default withBuild(packageConfig());
