import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundle } from "@stationkit/test-kit/bundle";
import { afterAll, beforeAll } from "vitest";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));

/** The command, running in a process of its own. */
export interface RunningCommand {
  readonly process: ChildProcess;
  /** Everything that it has written. */
  readonly output: () => string;
  /** Resolves when the output has this text. @throws when the process ends before. */
  until(text: string): Promise<void>;
  /** @returns exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Makes the command once for a file, as plain Node runs it. @returns how to start it. */
export function useCommand(): (args: readonly string[], env?: Readonly<Record<string, string>>) => RunningCommand {
  let folder: string;
  let program: string;
  const running = new Set<ChildProcess>();
  beforeAll(async () => {
    // Two levels below the package, as `dist/cli`, so that it finds the manifest and the dependencies.
    folder = await mkdtemp(`${packageFolder}node_modules/bridge-`);
    program = (await bundle({ main: `${packageFolder}src/cli/main.ts` }, folder))["main"]!;
  });
  afterAll(async () => {
    for (const child of running) child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });
  return (args, env = {}) => {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...withoutLogins(process.env), ...env },
    });
    running.add(child);
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
    }
    const ended = once(child, "close").then(([code, signal]) => {
      running.delete(child);
      return (code ?? signal) as number | NodeJS.Signals | null;
    });
    return {
      process: child,
      output: () => text,
      ended,
      until: (wanted) =>
        new Promise((resolve, reject) => {
          const look = (): void => {
            if (text.includes(wanted)) resolve();
          };
          child.stdout.on("data", look);
          child.stderr.on("data", look);
          look();
          void ended.then((end) => {
            reject(new Error(`it ended with ${String(end)} before it wrote ${JSON.stringify(wanted)}:\n${text}`));
          });
        }),
    };
  };
}

/** The machine's own settings are no part of a test. */
function withoutLogins(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = /^(NATS_(URL|USER|PASSWORD|TOKEN|CREDS)|ROOT_PASSWORD|CONNECTION_TOKEN)$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.test(name)));
}
