import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const repository: string = fileURLToPath(new URL("../../../..", import.meta.url));
export const bench: string = join(repository, "apps/bench");
/** What `npm run bench` runs. */
export const mainFile: string = join(bench, "dist/main.js");
