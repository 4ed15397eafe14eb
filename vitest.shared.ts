import { defineConfig, type ViteUserConfig } from "vitest/config";

// The first makes tests read the source of sibling packages; the others are Vite's own default for servers.
const conditions = ["@stationkit/source", "module", "node", "development|production"];

/** The two test projects of every package: `unit` (beside the source, no sockets) and `integration` (real nats-server). */
export function packageConfig(): ViteUserConfig {
  const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } };
  // A worker loads what its files share once: most of a unit test's time was that. No file may leave anything behind, then.
  const isolate = false;
  return defineConfig({
    ...shared,
    test: {
      reporters: ["default", ["json", { outputFile: `.reports/${reportName()}.json` }]],
      projects: [
        { ...shared, test: { name: "unit", include: ["src/**/*.test.ts"], testTimeout: 30_000, isolate } },
        {
          ...shared,
          test: {
            name: "integration",
            isolate,
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
