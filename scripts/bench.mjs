// npm run bench: from a fresh clone to a report. The benchmark runs in this very process, from compiled code, as users have it.
import "./workspace/node-version.mjs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./workspace/packages.mjs";
import { runMain, setUp } from "./workspace/set-up.mjs";
import { build } from "./workspace/turbo.mjs";

await runMain(async () => {
  await build(await setUp(), "@stationkit/bench...");
  await import(pathToFileURL(join(root, "apps/bench/dist/main.js")).href);
});
