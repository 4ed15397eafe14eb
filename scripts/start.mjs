// npm start: from a fresh clone to the running demo. The demo runs in this very process, so that signals and stdin reach it
// directly. Whatever comes before it prints to stderr and reads nothing.
import "./workspace/node-version.mjs";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./workspace/packages.mjs";
import { note, runMain, setUp } from "./workspace/set-up.mjs";
import { build } from "./workspace/turbo.mjs";

const demo = join(root, "apps/demo/dist/main.js");

await runMain(async () => {
  const env = await setUp();
  // Said only when it takes long for sure: turbo replays an unchanged build within half a second.
  if (!existsSync(demo)) note("building the demo and the packages it uses");
  await build(env, "@stationkit/demo...");
  await import(pathToFileURL(demo).href);
});
