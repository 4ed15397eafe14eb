import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const repository: string = fileURLToPath(new URL("../../../..", import.meta.url));
export const demo: string = join(repository, "apps/demo");
/** What `npm start` runs. */
export const mainFile: string = join(demo, "dist/main.js");
