import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";

const folders = ["src", "test", "examples"];

/**
 * Every import of one package's own files: static, type-only, re-export, dynamic and require.
 * @param {import("../workspace/packages.mjs").WorkspacePackage} from
 * @returns {import("./rules.mjs").Import[]}
 */
export function importsOf({ path, directory }) {
  return sourceFiles(directory).flatMap((file) => {
    const text = readFileSync(join(directory, file), "utf8");
    return importsIn(text).map((found) => ({ file: `${path}/${file}`, ...found }));
  });
}

/** @param {string} directory */
function sourceFiles(directory) {
  return folders
    .filter((folder) => existsSync(join(directory, folder)))
    .flatMap((folder) =>
      readdirSync(join(directory, folder), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => /\.[cm]?[jt]s$/.test(file) && !file.includes("node_modules"))
    .sort();
}

/**
 * @param {string} text - TypeScript or JavaScript
 * @returns {{ specifier: string, line: number }[]}
 */
export function importsIn(text) {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName, pos }) => ({ specifier: fileName, line: text.slice(0, pos).split("\n").length }));
}

/**
 * Which file imports which, for the relative imports: `./window.js` is the file `window.ts`.
 * @param {readonly import("./rules.mjs").Import[]} imports
 * @returns {Map<string, string[]>}
 */
export function fileGraph(imports) {
  /** @type {Map<string, string[]>} */
  const graph = new Map();
  for (const { file, specifier } of imports.filter((found) => found.specifier.startsWith("."))) {
    const target = posix.join(posix.dirname(file), specifier).replace(/\.([cm]?)js$/, ".$1ts");
    graph.set(file, [...(graph.get(file) ?? []), target]);
  }
  return graph;
}
