import { setTimeout as sleep } from "node:timers/promises";
import type { FoundBinary } from "../binary/binary-search.js";
import { createDeadline, type Deadline } from "../deadline.js";
import { ReloadError, ServerStateError, StartError } from "../errors.js";
import type { ConfigObject } from "./config-text.js";
import { logSize, readLogFrom, readLogTail } from "./log-file.js";
import type { NatsServer } from "./nats-server.js";
import { askMonitor, greetsClients, readPortsFile, type ServerPorts } from "./readiness.js";
import { ServerFiles, type ServerSettings } from "./server-files.js";
import { ServerProcess } from "./server-process.js";
import { checkConfig } from "./owned-config-keys.js";
import { waitUntilStopped } from "./stopped-state.js";
import { nextServerId, unguard } from "./watchdog.js";

const pollMs = 10;
const errorLogLines = 50;

/** What one server needs besides its configuration. */
export interface ServerRequest {
  readonly binary: FoundBinary;
  readonly settings: ServerSettings;
  readonly storeDir: string | undefined;
  readonly persistent: boolean;
  readonly startTimeoutMs: number;
  readonly stopTimeoutMs: number;
}

/** The server behind the handle. */
export class EmbeddedServer implements NatsServer {
  readonly #id = nextServerId();
  readonly #request: ServerRequest;
  readonly #files: ServerFiles;
  #settings: ServerSettings;
  #process: ServerProcess | undefined;
  /** The ports of the first run, which every later run asks for. */
  #ports: ServerPorts | undefined;
  /**
   * The ports that the present run's configuration names; undefined: free ones. A reload has to name the same: the server
   * compares with what it was started with, not with what it got, and refuses a changed monitoring port.
   */
  #launchPorts: ServerPorts | undefined;
  /** What `logTail()` shows once the log file is removed. */
  #lastLog: string[] | undefined;
  /** Set by a `stop()` that removed the files. */
  #removed = false;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(request: ServerRequest) {
    this.#request = request;
    this.#settings = request.settings;
    this.#files = new ServerFiles(request.storeDir, request.persistent);
  }

  /** Starts a first run; when that fails nothing is left behind. */
  static async start(request: ServerRequest): Promise<EmbeddedServer> {
    const server = new EmbeddedServer(request);
    try {
      await server.#launch(createDeadline(request.startTimeoutMs));
    } catch (error) {
      server.#removeFiles();
      throw error;
    }
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return this.#ports?.client ?? this.#settings.port;
  }

  get monitorUrl(): string {
    return `http://127.0.0.1:${this.#ports?.monitor ?? -1}`;
  }

  get version(): string {
    return this.#request.binary.version;
  }

  get name(): string {
    return this.#settings.name;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get storeDir(): string {
    return this.#files.storeDir;
  }

  get configFile(): string {
    return this.#files.configFile;
  }

  get binary(): string {
    return this.#request.binary.path;
  }

  stop(options: { readonly keepStore?: boolean } = {}): Promise<void> {
    return this.#inTurn(async () => {
      await this.#process?.end("SIGTERM", this.#request.stopTimeoutMs);
      if (options.keepStore !== true && !this.#removed) this.#removeFiles();
    });
  }

  kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    return this.#inTurn(async () => {
      await this.#process?.end(signal, this.#request.stopTimeoutMs);
    });
  }

  restart(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#removed && this.#files.temporary) {
        throw new ServerStateError(
          "restart",
          "stop() has removed the store; use kill() or stop({ keepStore: true }) before",
        );
      }
      await this.#process?.end("SIGTERM", this.#request.stopTimeoutMs);
      await this.#launchOnOldPorts(createDeadline(this.#request.startTimeoutMs));
      this.#removed = false;
      this.#lastLog = undefined;
    });
  }

  pause(): void {
    const process = this.#running("pause");
    process.signal("SIGSTOP");
    waitUntilStopped(process.pid ?? 0);
  }

  resume(): void {
    this.#running("resume").signal("SIGCONT");
  }

  lameDuck(): void {
    this.#running("lameDuck").signal("SIGUSR2");
  }

  reload(config: ConfigObject | string): Promise<void> {
    return this.#inTurn(async () => {
      const process = this.#running("reload");
      const before = this.#settings;
      const after =
        typeof config === "string" ? { ...before, configText: config } : { ...before, config: checkConfig(config) };
      this.#files.writeConfig(after, this.#launchPorts);
      const offset = logSize(this.#files.logFile);
      process.signal("SIGHUP");
      const problem = await this.#reloadOutcome(process, offset, createDeadline(this.#request.startTimeoutMs));
      if (problem !== undefined) {
        this.#files.writeConfig(before, this.#launchPorts);
        throw new ReloadError(problem, this.logTail(errorLogLines));
      }
      this.#settings = after;
    });
  }

  logTail(lines: number = errorLogLines): string[] {
    return this.#lastLog?.slice(-lines) ?? readLogTail(this.#files.logFile, lines);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Life-cycle steps never overlap; one that fails does not stop the next. */
  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(step);
    // The caller gets the rejection from `result`; the queue only has to know that the step is over.
    this.#queue = result.catch(() => undefined);
    return result;
  }

  #running(operation: string): ServerProcess {
    if (this.#process?.pid === undefined) throw new ServerStateError(operation, "no process runs");
    return this.#process;
  }

  /**
   * A port that was free while the server was down may have been lent to an outgoing connection for a moment (on loopback even to a
   * client that tried to reconnect and met itself), so a restart tries again where a first start reports.
   */
  async #launchOnOldPorts(deadline: Deadline): Promise<void> {
    for (;;) {
      try {
        await this.#launch(deadline);
        return;
      } catch (error) {
        if (!(error instanceof StartError && error.retryable) || deadline.passed) throw error;
        await sleep(100);
      }
    }
  }

  async #launch(deadline: Deadline): Promise<void> {
    this.#files.create();
    this.#launchPorts = this.#ports;
    this.#files.writeConfig(this.#settings, this.#launchPorts);
    // Before the process is there: it may have written all it has to say, and ended, before the next line runs.
    const logStart = logSize(this.#files.logFile);
    const process = new ServerProcess({
      id: this.#id,
      binary: this.binary,
      configFile: this.configFile,
      logFile: this.#files.logFile,
      directory: this.#files.directory,
      graceMs: this.#files.temporary ? 0 : this.#request.stopTimeoutMs,
    });
    this.#process = process;
    const ports = await this.#untilReady(process, deadline);
    if (ports !== undefined) {
      this.#ports = ports;
      return;
    }
    const exit = process.exit;
    if (exit === undefined) await process.end("SIGKILL", this.#request.stopTimeoutMs);
    const how =
      exit === undefined
        ? `was not ready within ${this.#request.startTimeoutMs} ms`
        : exit.error === undefined
          ? `ended before it was ready (${exit.signal ?? `exit code ${exit.code ?? "?"}`})`
          : `could not be run: ${exit.error.message}`;
    const log = readLogFrom(this.#files.logFile, logStart).split("\n");
    throw new StartError(`nats-server ${how}`, {
      binary: this.binary,
      exitCode: exit?.code ?? null,
      logTail: log.filter((line) => line !== "").slice(-errorLogLines),
      cause: exit?.error,
    });
  }

  /** The ports once the server is ready; undefined when it ended or the deadline passed before. */
  async #untilReady(process: ServerProcess, deadline: Deadline): Promise<ServerPorts | undefined> {
    let greeted = false;
    while (process.exit === undefined && !deadline.passed) {
      const ports = await readPortsFile(this.#files.portsDirectory, process.pid ?? 0);
      if (ports !== undefined) {
        greeted ||= await greetsClients(ports.client);
        if (greeted && (await this.#isJetStreamReady(ports))) return ports;
      }
      await sleep(pollMs);
    }
    return undefined;
  }

  /** A node of a cluster is not asked: its JetStream needs the other nodes, for which the cluster waits. */
  async #isJetStreamReady(ports: ServerPorts): Promise<boolean> {
    if (this.#settings.jetstream === undefined || this.#settings.cluster !== undefined) return true;
    const answer = await askMonitor(`http://127.0.0.1:${ports.monitor}`, "/healthz?js-enabled-only=true");
    return answer?.status === 200;
  }

  /** undefined when the server has taken the new configuration, otherwise why not. */
  async #reloadOutcome(process: ServerProcess, offset: number, deadline: Deadline): Promise<string | undefined> {
    while (!deadline.passed) {
      const log = readLogFrom(this.#files.logFile, offset);
      if (log.includes("Reloaded server configuration")) return undefined;
      const refused = /Failed to reload server configuration: (.*)/.exec(log);
      if (refused !== null) return `nats-server refused the configuration: ${refused[1] ?? ""}`;
      if (process.exit !== undefined) return "nats-server ended while it was to reload its configuration";
      await sleep(pollMs);
    }
    return `nats-server said nothing about the reload within ${this.#request.startTimeoutMs} ms`;
  }

  #removeFiles(): void {
    this.#lastLog = this.logTail(200);
    this.#files.remove();
    this.#removed = true;
    unguard(this.#id);
  }
}
