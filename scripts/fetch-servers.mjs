// Puts nats-server binaries into the cache, so that no test has to wait for a download with its own deadline running.
// `node scripts/fetch-servers.mjs newest 2.10`: "newest" is the one that embedded-nats takes when it is not told.
import "./workspace/node-version.mjs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./workspace/packages.mjs";
import { runMain, setUp } from "./workspace/set-up.mjs";
import { build } from "./workspace/turbo.mjs";

// By path and not by name: the workspace's root does not depend on its own packages, and before the build there is no dist.
const builtPackage = join(root, "packages/embedded-nats/dist/index.js");

/** @typedef {(options: { version?: string }) => Promise<{ path: string, version: string, source: string }>} FindBinary */

await runMain(async () => {
  const wishes = process.argv.slice(2);
  await build(await setUp(), "@stationkit/embedded-nats");
  /** @type {unknown} */
  const built = await import(pathToFileURL(builtPackage).href);
  const { findBinary } = /** @type {{ findBinary: FindBinary }} */ (built);
  for (const wish of wishes) {
    const { version, source, path } = await findBinary(wish === "newest" ? {} : { version: wish });
    console.log(`nats-server ${wish}: ${version} from ${source}, ${path}`);
  }
});
