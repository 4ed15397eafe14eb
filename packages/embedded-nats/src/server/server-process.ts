import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { processIdentity } from "../process-identity.js";
import { guard } from "./watchdog.js";

/** How a nats-server process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set when it never ran. */
  readonly error: Error | undefined;
}

/** What to run, and what the watchdog has to clean up after it. */
export interface ProcessRequest {
  readonly id: number;
  readonly binary: string;
  readonly configFile: string;
  readonly logFile: string;
  readonly directory: string;
  readonly graceMs: number;
}

const running = new Set<ServerProcess>();

// The watchdog does the same and more a moment later; this makes the end visible at once to whoever waits for this process.
function endAllNow(): void {
  for (const server of running) server.endWithParent();
}

/** One run of nats-server, from spawn to exit. It neither keeps this process alive nor outlives it. */
export class ServerProcess {
  /** Resolves when the process is gone; never rejects. */
  readonly exited: Promise<ProcessExit>;
  readonly #child: ChildProcess;
  readonly #request: ProcessRequest;
  #exit: ProcessExit | undefined;
  #paused = false;

  constructor(request: ProcessRequest) {
    this.#request = request;
    // A file, not a pipe: nobody has to read it, nothing is lost when this process is busy, and nothing keeps it alive.
    const log = openSync(request.logFile, "a", 0o600);
    try {
      this.#child = spawn(request.binary, ["--config", request.configFile], {
        // A session of its own: the terminal's Ctrl-C reaches the application, which may want to flush, and not the server.
        detached: true,
        stdio: ["ignore", log, log],
        windowsHide: true,
      });
    } finally {
      closeSync(log);
    }
    this.exited = new Promise((resolve) => {
      const end = (exit: ProcessExit): void => {
        this.#exit ??= exit;
        running.delete(this);
        if (running.size === 0) process.off("exit", endAllNow);
        this.#guard(0);
        resolve(this.#exit);
      };
      this.#child.on("error", (error) => {
        // Also a signal that could not be sent is an "error"; only without a pid has it never run.
        if (this.#child.pid === undefined) end({ code: null, signal: null, error });
      });
      this.#child.once("exit", (code, signal) => {
        end({ code, signal, error: undefined });
      });
    });
    this.#child.unref();
    if (running.size === 0) process.on("exit", endAllNow);
    running.add(this);
    this.#guard(this.#child.pid ?? 0);
  }

  /** undefined while it runs. */
  get exit(): ProcessExit | undefined {
    return this.#exit;
  }

  get pid(): number | undefined {
    return this.#exit === undefined ? this.#child.pid : undefined;
  }

  /** Sends a signal; false when the process is gone. Only ever to the child itself, so never to a reused pid. */
  signal(signal: NodeJS.Signals): boolean {
    if (this.#exit !== undefined) return false;
    if (signal === "SIGSTOP") this.#paused = true;
    if (signal === "SIGCONT") this.#paused = false;
    return this.#child.kill(signal);
  }

  /** Sends a signal that ends the process and waits; SIGKILL when it has not ended after the grace. Keeps this process alive meanwhile. */
  async end(signal: NodeJS.Signals, graceMs: number): Promise<void> {
    this.#child.ref();
    this.signal(signal);
    // A stopped process does not see any signal but SIGKILL until it goes on.
    if (this.#paused) this.signal("SIGCONT");
    const escalation = setTimeout(() => this.signal("SIGKILL"), graceMs);
    try {
      await this.exited;
    } finally {
      clearTimeout(escalation);
    }
  }

  /** For the parent's own end: synchronous, no waiting. */
  endWithParent(): void {
    this.signal(this.#request.graceMs > 0 ? "SIGTERM" : "SIGKILL");
  }

  #guard(pid: number): void {
    const { id, directory, graceMs } = this.#request;
    const identity = pid > 0 ? (processIdentity(pid) ?? "") : "";
    const startTime = identity.startsWith("started-") ? identity.slice("started-".length) : "";
    guard({ id, pid, startTime, directory, graceMs });
  }
}
