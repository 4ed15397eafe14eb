// `npm run build`: builds every package and app, also in a fresh clone without pnpm.
import "./workspace/node-version.mjs";
import { runMain, setUp } from "./workspace/set-up.mjs";
import { build } from "./workspace/turbo.mjs";

await runMain(async () => {
  await build(await setUp(), "*");
});
