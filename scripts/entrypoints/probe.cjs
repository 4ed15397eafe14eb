// Copied into a project that has installed one package only. Silent when `require` and `import` both load it and agree.
// A top-level await in the graph makes `require` throw ERR_REQUIRE_ASYNC_MODULE.
const name = process.argv[2] ?? "";
/** @type {(name: string) => object} */
const load = require;
const required = Object.keys(load(name));

void import(name).then((/** @type {object} */ imported) => {
  // Node adds `__esModule` to what `require` gets of a module with a default export.
  const difference = [...new Set([...required, ...Object.keys(imported)])].filter(
    (key) => key !== "__esModule" && !(required.includes(key) && key in imported),
  );
  if (required.length === 0) throw new Error(`${name} exports nothing`);
  if (difference.length > 0) throw new Error(`import and require of ${name} differ in: ${difference.join(", ")}`);
});
