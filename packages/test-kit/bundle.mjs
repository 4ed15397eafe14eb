import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

/**
 * Makes programs that plain Node can run out of TypeScript, with everything in them that they import: a fault campaign and its
 * child processes then measure the code itself, without a loader beside it, and nothing has to be built first.
 * @param {Readonly<Record<string, string>>} entries - name to absolute file
 * @param {string} outDir - absolute; made when missing, other files in it stay
 * @returns {Promise<Readonly<Record<string, string>>>} name to absolute file of the program
 */
export async function bundle(entries, outDir) {
  mkdirSync(outDir, { recursive: true });
  const conditions = ["@stationkit/source", "module", "node"];
  await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions },
    ssr: { noExternal: true, resolve: { conditions } },
    build: {
      ssr: true,
      target: "node20",
      outDir,
      emptyOutDir: false,
      minify: false,
      // Beside the program: inside, it would be part of the memory that a scenario measures.
      sourcemap: true,
      rolldownOptions: {
        input: { ...entries },
        output: { entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" },
      },
    },
  });
  return Object.fromEntries(Object.keys(entries).map((name) => [name, join(outDir, `${name}.mjs`)]));
}
