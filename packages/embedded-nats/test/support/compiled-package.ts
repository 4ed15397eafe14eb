import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll } from "vitest";

const packageRoot = join(import.meta.dirname, "../..");

/** The package as JavaScript, for child processes: Node 20 runs no TypeScript. */
export interface CompiledPackage {
  /** Writes a program of a child process; `embedded-nats` in an import stands for this package. Returns its path. */
  program(name: string, source: string): string;
}

/** Compiles src once per test file, below node_modules, where its dependencies are found and nothing else looks. */
export function useCompiledPackage(): CompiledPackage {
  let directory = "";
  beforeAll(() => {
    const cache = join(packageRoot, "node_modules/.cache");
    mkdirSync(cache, { recursive: true });
    directory = mkdtempSync(join(cache, "compiled-"));
    const sources = readdirSync(join(packageRoot, "src"), { recursive: true, encoding: "utf8" });
    for (const name of sources) {
      if (!name.endsWith(".ts") || name.endsWith(".test.ts")) continue;
      writeModule(join(directory, name.replace(/\.ts$/, ".js")), readFileSync(join(packageRoot, "src", name), "utf8"));
    }
    writeFileSync(join(directory, "package.json"), '{ "type": "module" }\n');
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    program: (name, source) => {
      const file = join(directory, `${name}.mjs`);
      const index = pathToFileURL(join(directory, "index.js")).href;
      writeModule(file, source.replaceAll(/"(@stationkit\/)?embedded-nats"/g, JSON.stringify(index)));
      return file;
    },
  };
}

function writeModule(file: string, source: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true },
  });
  writeFileSync(file, outputText);
}
