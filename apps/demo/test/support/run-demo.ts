import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { mainFile, repository } from "./paths.js";

/** How a run of the demo ended. */
export interface DemoResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the demo that is under way. */
export interface RunningDemo {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly result: Promise<DemoResult>;
}

export interface RunOptions {
  /** What it reads from stdin; default nothing. null: the caller writes. */
  readonly stdin?: string | Buffer | null;
  readonly env?: NodeJS.ProcessEnv;
}

export function startDemo(args: readonly string[], { stdin = "", env = {} }: RunOptions = {}): RunningDemo {
  const child = spawn(process.execPath, [mainFile, ...args], {
    cwd: repository,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.on("error", () => undefined);
  if (stdin !== null) child.stdin.end(stdin);
  const result = new Promise<DemoResult>((resolve) => {
    child.on("close", (code) => {
      resolve({ code, stdout, stderr });
    });
  });
  return { process: child, result };
}

/** Runs the demo to its end. */
export function runDemo(args: readonly string[], options?: RunOptions): Promise<DemoResult> {
  return startDemo(args, options).result;
}
