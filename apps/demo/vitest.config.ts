import type { ViteUserConfig } from "vitest/config";
import { packageConfig } from "../../vitest.shared.js";

/** The integration tests run the built demo, as `npm start` does: it is built once, before them. */
function withBuild(config: ViteUserConfig): ViteUserConfig {
  for (const project of config.test?.projects ?? []) {
    if (typeof project !== "object" || !("test" in project) || project.test.name !== "integration") continue;
    project.test.globalSetup = ["./test/support/build.ts"];
  }
  return config;
}

export default withBuild(packageConfig());
