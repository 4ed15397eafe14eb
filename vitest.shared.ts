import { defaultServerConditions } from "vite";
import { defineConfig, type ViteUserConfig } from "vitest/config";

const conditions = ["@stationkit/source", ...defaultServerConditions];

/** The two test projects of every package: `unit` (beside the source, no sockets) and `integration` (real nats-server). */
export function packageConfig(): ViteUserConfig {
  const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } };
  const run = process.env["npm_lifecycle_event"] ?? "vitest";
  return defineConfig({
    ...shared,
    test: {
      reporters: ["default", ["json", { outputFile: `.reports/${run.replace(":", "-")}.json` }]],
      projects: [
        { ...shared, test: { name: "unit", include: ["src/**/*.test.ts"] } },
        {
          ...shared,
          test: {
            name: "integration",
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
