import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatConfig, mergeConfig, type ConfigObject } from "./config-text.js";
import type { ServerPorts } from "./readiness.js";

/** Everything that the configuration of one server is made of. */
export interface ServerSettings {
  readonly name: string;
  /** Wanted port for clients; -1: a free one. */
  readonly port: number;
  readonly jetstream: ConfigObject | undefined;
  readonly cluster: ConfigObject | undefined;
  readonly config: ConfigObject;
  readonly configText: string;
}

/** The files of one server. The run directory is temporary and holds the store too, unless a directory was given for that. */
export class ServerFiles {
  readonly storeDir: string;
  readonly directory: string;
  readonly #removeStore: boolean;

  constructor(storeDir: string | undefined, persistent: boolean) {
    // 0700: the configuration holds passwords.
    this.directory = mkdtempSync(join(tmpdir(), "nats-embedded-"));
    // A temporary store that is to be kept cannot lie in a directory that is removed.
    this.storeDir =
      storeDir ?? (persistent ? mkdtempSync(join(tmpdir(), "nats-store-")) : join(this.directory, "store"));
    this.#removeStore = storeDir === undefined && !persistent;
    this.create();
  }

  get configFile(): string {
    return join(this.directory, "server.conf");
  }

  get logFile(): string {
    return join(this.directory, "server.log");
  }

  get portsDirectory(): string {
    return join(this.directory, "ports");
  }

  /** Whether the store is gone once {@link remove} was called. */
  get temporary(): boolean {
    return this.#removeStore;
  }

  /** Makes the directories, again after {@link remove}; ports files of earlier runs are gone afterwards. */
  create(): void {
    rmSync(this.portsDirectory, { recursive: true, force: true });
    mkdirSync(this.portsDirectory, { recursive: true, mode: 0o700 });
    mkdirSync(this.storeDir, { recursive: true });
  }

  /** @param ports - those of an earlier run, to be taken again. */
  writeConfig(settings: ServerSettings, ports: ServerPorts | undefined): void {
    writeFileSync(this.configFile, this.#configText(settings, ports), { mode: 0o600 });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  #configText(settings: ServerSettings, ports: ServerPorts | undefined): string {
    const generated: Record<string, ConfigObject[string]> = {
      server_name: settings.name,
      host: "127.0.0.1",
      port: ports?.client ?? settings.port,
      http: `127.0.0.1:${ports?.monitor ?? -1}`,
      ports_file_dir: this.portsDirectory,
    };
    if (settings.jetstream !== undefined) generated["jetstream"] = { ...settings.jetstream, store_dir: this.storeDir };
    if (settings.cluster !== undefined) generated["cluster"] = settings.cluster;
    return formatConfig(mergeConfig(generated, settings.config)) + settings.configText + "\n";
  }
}
