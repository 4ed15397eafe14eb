import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";

// The first makes tests read the source of sibling packages; the others are Vite's own default for servers.
const conditions = ["@stationkit/source", "module", "node", "development|production"];

/** The two test projects of every package: `unit` (beside the source, no sockets) and `integration` (real nats-server). */
export function packageConfig(): ViteUserConfig {
  const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } };
  // A worker loads what its files share once, which was most of a unit test's time; the setup file lets no file leave anything behind.
  const files = { isolate: false, setupFiles: [fileURLToPath(new URL("vitest.setup.ts", import.meta.url))] };
  return defineConfig({
    ...shared,
    test: {
      reporters: ["default", ["json", { outputFile: `.reports/${reportName()}.json` }]],
      projects: [
        { ...shared, test: { name: "unit", include: ["src/**/*.test.ts"], testTimeout: 30_000, ...files } },
        {
          ...shared,
          test: {
            name: "integration",
            ...files,
            include: ["test/**/*.test.ts"],
            testTimeout: 60_000,
            hookTimeout: 120_000,
            maxWorkers: 2,
          },
        },
      ],
    },
  });
}

/** `test-integration`, after the npm script that runs; with `STATIONKIT_REPORT=x`, for one more pass of it, `test-integration.x`. */
function reportName(): string {
  const script = process.env["npm_lifecycle_event"] ?? "vitest";
  const pass = process.env["STATIONKIT_REPORT"];
  return `${script.replace(":", "-")}${pass === undefined ? "" : `.${pass}`}`;
}
