import { findBinary } from "../binary/find-binary.js";
import { EmbeddedServer } from "./embedded-server.js";
import type { NatsServer } from "./nats-server.js";
import { resolveStartOptions, type StartNatsOptions } from "./start-options.js";

/**
 * Starts one nats-server on 127.0.0.1, finding or fetching the executable first.
 * Resolves when it greets clients and, with JetStream, when that is usable. It ends with this process, whatever ends that, and does not
 * keep it alive. Concurrent calls: independent servers.
 * @returns the handle; `await using` stops the server at the end of the scope.
 * @throws {BinaryNotFoundError} no executable was found or fetched.
 * @throws {StartError} it ended or was not ready in time; carries its last 50 log lines.
 * @throws {InvalidOptionsError} an option that cannot be honoured; nothing was started.
 * @example
 * await using server = await startNats();
 * const connection = await connect({ servers: server.url });
 */
export async function startNats(options: StartNatsOptions = {}): Promise<NatsServer> {
  const resolved = resolveStartOptions(options, "server");
  const binary = await findBinary(resolved.find);
  const { name, port, jetstream, config, configText, storeDir, persistent, startTimeoutMs, stopTimeoutMs } = resolved;
  return EmbeddedServer.start({
    binary,
    settings: { name, port, jetstream, cluster: undefined, config, configText },
    storeDir,
    persistent,
    startTimeoutMs,
    stopTimeoutMs,
  });
}
