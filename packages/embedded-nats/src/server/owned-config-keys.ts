import { InvalidOptionsError } from "../errors.js";
import type { ConfigObject, ConfigValue } from "./config-text.js";

/** Keys that this package writes itself, because the handle is built on them. */
const ownedKeys: Readonly<Record<string, string>> = {
  port: "use the option port",
  host: "the server listens on 127.0.0.1 only",
  net: "the server listens on 127.0.0.1 only",
  listen: "use the option port",
  http: "the monitoring port is always on and free",
  http_port: "the monitoring port is always on and free",
  https: "the monitoring port is always on and free",
  https_port: "the monitoring port is always on and free",
  http_base_path: "readiness is asked for at the root",
  ports_file_dir: "the ports are read from it",
  server_name: "use the option name",
  log_file: "use logTail()",
  logfile: "use logTail()",
  pid_file: "use the handle's pid",
  store_dir: "use the option storeDir",
};
const ownedJetStreamKeys: Readonly<Record<string, string>> = {
  store_dir: "use the option storeDir",
  storedir: "use the option storeDir",
  enabled: "use the option jetstream",
};
const ownedClusterKeys: Readonly<Record<string, string>> = {
  name: "use the option name of startCluster",
  host: "routes are on 127.0.0.1 only",
  port: "route ports are chosen",
  listen: "route ports are chosen",
  routes: "use startCluster",
};

/** Refuses keys of `config` that belong to this package. */
export function checkConfig(config: ConfigObject): ConfigObject {
  refuseOwned(config, ownedKeys, "config");
  refuseOwned(config["jetstream"] ?? {}, ownedJetStreamKeys, "config.jetstream");
  refuseOwned(config["cluster"] ?? {}, ownedClusterKeys, "config.cluster");
  return config;
}

function refuseOwned(block: ConfigValue, owned: Readonly<Record<string, string>>, path: string): void {
  if (typeof block !== "object" || Array.isArray(block)) throw new InvalidOptionsError(path, "expected an object");
  for (const key of Object.keys(block)) {
    const instead = owned[key.toLowerCase()];
    if (instead !== undefined) throw new InvalidOptionsError(`${path}.${key}`, `may not be set: ${instead}`);
  }
}
