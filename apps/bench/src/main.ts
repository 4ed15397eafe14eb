import { CONTENDER_NAMES } from "./contender/catalog.js";
import { runBench } from "./run/run-bench.js";
const only = process.argv[2] ? process.argv[2].split(",") as never : CONTENDER_NAMES;
const r = await runBench({ rounds: Number(process.argv[3] ?? 1), messages: Number(process.argv[4] ?? 20000), only, sizeBytes: process.argv[5] ? Number(process.argv[5]) : 128, cluster: process.argv[6] === "c", timeoutMs: 60000 }, (l) => console.error(l));
for (const c of r.cells) console.log(JSON.stringify({ t: c.title, w: c.window, r: c.rounds, f: c.failures }));
console.log(r.elapsedMs, r.unavailable);
