// Who may import whom: the directions between packages, exports only, and no circles between the files of a package
// (type-only imports included: a circle of types is two rooms that know each other). Rules: layers/rules.mjs.
import { findCircles } from "./layers/circles.mjs";
import { fileGraph, importsOf } from "./layers/imports.mjs";
import { checkImport, checkManifest } from "./layers/rules.mjs";
import { workspacePackages } from "./workspace/packages.mjs";

const all = workspacePackages();
const problems = all.flatMap((from) => {
  const imports = importsOf(from);
  return [
    ...checkManifest(from, all),
    ...imports.map((found) => checkImport(found, from, all)).filter((problem) => problem !== undefined),
    ...findCircles(fileGraph(imports)).map((circle) => `circle: ${circle.join(" → ")}`),
  ];
});

for (const problem of problems) console.error(problem);
console.log(`${all.length} packages, ${problems.length} violations of the import directions`);
process.exitCode = problems.length === 0 ? 0 : 1;
