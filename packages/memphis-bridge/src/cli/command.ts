import { createRequire } from "node:module";
import { type Connection, connect, StationkitError } from "@stationkit/core-protocol";
import { serveMemphis } from "../serve-memphis.js";
import { type CommandArguments, parseArguments, usage } from "./arguments.js";
import { type EmbeddedServer, startEmbedded } from "./embedded-server.js";
import { Log, logFailure } from "./log.js";

const EXIT_CODE = { ok: 0, failed: 1, usage: 2 } as const;

/** Does what the arguments ask for, until it is told to stop. @returns the exit code. */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const request = parseArguments(argv, env);
    if (request === "help" || request === "version") {
      process.stdout.write(request === "help" ? usage() : `${version()}\n`);
      return EXIT_CODE.ok;
    }
    return (await run(request, new Log(request.quiet))) ? EXIT_CODE.ok : EXIT_CODE.failed;
  } catch (error) {
    logFailure(error);
    // What the options of the server and the bridge say no to is wrong usage as well.
    if (!StationkitError.is(error) || error.code !== "SK_USAGE") return EXIT_CODE.failed;
    process.stderr.write("Try memphis-bridge --help.\n");
    return EXIT_CODE.usage;
  }
}

/** @returns false when the connection was lost for good. */
async function run(request: CommandArguments, log: Log): Promise<boolean> {
  const stop = stopSignal();
  let server: EmbeddedServer | undefined;
  let connection: Connection | undefined;
  try {
    server = request.connect === undefined ? await startEmbedded(request.embedded) : undefined;
    connection = await connect(request.connect ?? server?.connect);
    const lost = untilClosed(connection, log);
    const bridge = await serveMemphis(connection, request.bridge);
    log.follow(bridge);
    log.info(`serving Memphis clients on ${connection.server.address}, nats-server ${connection.server.version}`);
    if (server !== undefined) log.info(server.description);
    return await Promise.race([stop.then(() => true), lost.then(() => false)]);
  } finally {
    // Closes the bridge first.
    await connection?.close();
    await server?.stop();
  }
}

/** npm passes on the signal that the terminal has sent to every process already: within this time it is the same one. */
const SAME_SIGNAL_MS = 500;

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  let firstAt: number | undefined;
  return new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) {
      process.on(name, () => {
        firstAt ??= performance.now();
        if (performance.now() - firstAt > SAME_SIGNAL_MS) process.exit(EXIT_CODE.failed);
        resolve();
      });
    }
  });
}

function untilClosed(connection: Connection, log: Log): Promise<void> {
  return new Promise((resolve) => {
    connection.on("status", (status) => {
      log.status(status);
      if (status.type === "closed") resolve();
    });
  });
}

function version(): string {
  const manifest = createRequire(import.meta.url)("../../package.json") as { version: string };
  return manifest.version;
}
