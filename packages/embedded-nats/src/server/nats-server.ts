import type { ConfigObject } from "./config-text.js";

/** A running (or ended, and restartable) nats-server. The methods that end or start it are carried out one after the other. */
export interface NatsServer extends AsyncDisposable {
  /** `nats://127.0.0.1:<port>`; stays the same over every restart. */
  readonly url: string;
  /** Port for clients. */
  readonly port: number;
  /** `http://127.0.0.1:<port>` of the monitoring endpoints (`/varz`, `/jsz`, `/healthz`, …). */
  readonly monitorUrl: string;
  /** The server's version, e.g. `2.15.1`. */
  readonly version: string;
  /** `server_name`. */
  readonly name: string;
  /** undefined when no process runs. */
  readonly pid: number | undefined;
  /** Directory of the JetStream store. */
  readonly storeDir: string;
  /** The configuration as it was written for nats-server; the chosen ports are in it from the first restart on. */
  readonly configFile: string;
  /** Path of the executable. */
  readonly binary: string;

  /**
   * Ends the server: SIGTERM, and SIGKILL after `stopTimeoutMs`. Resolves when the process is gone and, unless it is persistent, its
   * directory removed. Calling it again does nothing.
   * @param options.keepStore - keeps every file, so that `restart()` brings the server back; default false.
   */
  stop(options?: { readonly keepStore?: boolean }): Promise<void>;

  /**
   * Ends the process with a signal, as a crash or an operator would; the store is kept for `restart()`. Resolves when the process is gone.
   * @param signal - default SIGKILL. When the process still runs after `stopTimeoutMs`, SIGKILL follows.
   */
  kill(signal?: NodeJS.Signals): Promise<void>;

  /**
   * SIGSTOP: from the return of this call on the server keeps its connections and answers nothing. Not on Windows.
   * @throws {ServerStateError} no process runs.
   */
  pause(): void;

  /**
   * SIGCONT after `pause()`.
   * @throws {ServerStateError} no process runs.
   */
  resume(): void;

  /**
   * Brings the server (back) up on the same ports and the same store: a running one is ended by SIGTERM first. Resolves when it
   * is ready; a node of a cluster when it greets clients (the cluster may have no leader yet, see {@link NatsCluster.ready}).
   * @throws {StartError} it did not become ready.
   * @throws {ServerStateError} `stop()` has removed its store.
   */
  restart(): Promise<void>;

  /**
   * SIGUSR2: the server tells its clients, closes them over some time (at least 30 s with nats-server's settings) and ends. Not on Windows.
   * @throws {ServerStateError} no process runs.
   */
  lameDuck(): void;

  /**
   * Replaces `config` (an object) or `configText` (a text) and has the running server read it (SIGHUP). Resolves when it has taken
   * it; later restarts use it too. Not on Windows.
   * @throws {ReloadError} the server refused it and goes on with what it had.
   * @throws {ServerStateError} no process runs.
   */
  reload(config: ConfigObject | string): Promise<void>;

  /**
   * The last lines of the server's log over all its runs, oldest first; also after `stop()`.
   * @param lines - how many at most, default 50.
   */
  logTail(lines?: number): string[];
}
