import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A program of a test in a process of its own; it talks by lines on standard output. */
export class ChildProgram {
  readonly lines: string[] = [];
  stderr = "";
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  /** @param options.detached - gives it a process group of its own, as a shell does. */
  constructor(
    file: string,
    args: readonly string[] = [],
    options: { env?: NodeJS.ProcessEnv; detached?: boolean } = {},
  ) {
    const child = spawn(process.execPath, [file, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...options.env },
      detached: options.detached ?? false,
    });
    this.#child = child;
    this.#exited = once(child, "close");
    createInterface({ input: child.stdout }).on("line", (line) => this.lines.push(line));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Exit code, or the signal that ended it. */
  async end(): Promise<number | NodeJS.Signals | null> {
    await this.#exited;
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}
