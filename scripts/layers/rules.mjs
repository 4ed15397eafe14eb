/**
 * The rooms of the house: what each package may import of the workspace in its published code. A package that is not here
 * may not exist: a new one gets its line first. Apps may use every package, and nobody may use an app.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const mayUse = {
  "@stationkit/core-protocol": [],
  "@stationkit/partitioner": [],
  "@stationkit/embedded-nats": [],
  "@stationkit/station-admin": ["@stationkit/core-protocol"],
  "@stationkit/producer": ["@stationkit/core-protocol", "@stationkit/partitioner", "@stationkit/station-admin"],
  "@stationkit/consumer": ["@stationkit/core-protocol", "@stationkit/partitioner", "@stationkit/station-admin"],
  "@stationkit/memphis-bridge": [
    "@stationkit/core-protocol",
    "@stationkit/station-admin",
    // For the command, which can bring a server of its own.
    "@stationkit/embedded-nats",
  ],
  "@stationkit/memphis-compat": [
    "@stationkit/core-protocol",
    "@stationkit/partitioner",
    "@stationkit/station-admin",
    "@stationkit/producer",
    "@stationkit/consumer",
  ],
  "@stationkit/test-kit": ["@stationkit/core-protocol", "@stationkit/embedded-nats"],
};

/** Tests and examples may start a real server, and use what tests have in common. */
const mayUseInTests = ["@stationkit/embedded-nats", "@stationkit/test-kit"];

/**
 * What tests and examples of a package need beside: a consumer reads what a producer has sent, a bridge serves clients of both kinds, schemas
 * need a bridge.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const mayUseInOwnTests = {
  "@stationkit/consumer": ["@stationkit/producer"],
  "@stationkit/memphis-bridge": ["@stationkit/producer", "@stationkit/consumer", "@stationkit/partitioner"],
  "@stationkit/memphis-compat": ["@stationkit/memphis-bridge"],
};

/** Pure functions: nothing but themselves, not even from outside the workspace. */
const withoutDependencies = ["@stationkit/partitioner"];

/**
 * @typedef {import("../workspace/packages.mjs").WorkspacePackage} WorkspacePackage
 *
 * @typedef {object} Import
 * @property {string} file - from the root
 * @property {number} line - from 1
 * @property {string} specifier
 */

/** @param {string} file - from the root */
function isTestOrExample(file) {
  return /\.test(-d)?\.ts$/.test(file) || /^[^/]+\/[^/]+\/(test|examples)\//.test(file);
}

/**
 * @param {WorkspacePackage} from
 * @param {boolean} inTests
 * @param {readonly WorkspacePackage[]} all
 * @returns {readonly string[]} names of the workspace packages that `from` may import
 */
function allowed(from, inTests, all) {
  if (from.path.startsWith("apps/")) {
    return all.filter(({ path }) => path.startsWith("packages/")).map(({ manifest }) => manifest.name);
  }
  // What is below the test kit cannot use it: turbo runs packages in the order of their dependencies, those of tests included.
  const inAnyTest = mayUseInTests.filter((name) => !(mayUse[name] ?? []).includes(from.manifest.name));
  // Its own name too: an example reads like a user's code, and is compiled as such.
  const inOwnTests = mayUseInOwnTests[from.manifest.name] ?? [];
  const inTestsToo = inTests ? [...inAnyTest, ...inOwnTests, from.manifest.name] : [];
  return [...(mayUse[from.manifest.name] ?? []), ...inTestsToo];
}

/**
 * What package.json says: dependencies as for published code, devDependencies as for tests.
 * @param {WorkspacePackage} from
 * @param {readonly WorkspacePackage[]} all
 * @returns {string[]}
 */
export function checkManifest(from, all) {
  const { manifest, path } = from;
  const problems = [];
  if (path.startsWith("packages/") && !(manifest.name in mayUse)) {
    problems.push(`${path}: ${manifest.name} has no line in scripts/layers/rules.mjs`);
  }
  const published = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  if (withoutDependencies.includes(manifest.name) && Object.keys(published).length > 0) {
    problems.push(`${path}/package.json: ${manifest.name} has no dependency at all`);
  }
  for (const [names, inTests] of /** @type {const} */ ([
    [Object.keys(published), false],
    [Object.keys(manifest.devDependencies ?? {}), true],
  ])) {
    for (const name of names.filter((name) => all.some((other) => other.manifest.name === name))) {
      if (!allowed(from, inTests, all).includes(name)) {
        problems.push(`${path}/package.json: ${manifest.name} may not depend on ${name}`);
      }
    }
  }
  return problems;
}

/**
 * @param {Import} imported
 * @param {WorkspacePackage} from - the package that the file belongs to
 * @param {readonly WorkspacePackage[]} all
 * @returns {string | undefined} what is wrong, if anything
 */
export function checkImport({ file, line, specifier }, from, all) {
  const where = `${file}:${line}`;
  if (specifier.startsWith(".")) {
    const target = new URL(specifier, `file:///${file}`).pathname;
    return target.startsWith(`/${from.path}/`) ? undefined : `${where}: ${specifier} leaves ${from.path}`;
  }
  const target = all.find(({ manifest: { name } }) => specifier === name || specifier.startsWith(`${name}/`));
  if (target === undefined) return undefined;
  const { name, exports = {} } = target.manifest;
  if (!allowed(from, isTestOrExample(file), all).includes(name)) {
    return `${where}: ${from.manifest.name} may not import ${name} here`;
  }
  const entry = `.${specifier.slice(name.length)}`;
  return entry in exports ? undefined : `${where}: ${specifier} is not among the exports of ${name}`;
}
