// The right pnpm and the dependencies, as every other command here makes them sure first; for jobs that need nothing more.
import "./workspace/node-version.mjs";
import { runMain, setUp } from "./workspace/set-up.mjs";

await runMain(async () => {
  await setUp();
});
