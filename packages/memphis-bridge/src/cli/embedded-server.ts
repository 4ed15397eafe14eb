import { type ConnectOptions, UsageError } from "@stationkit/core-protocol";
import type * as EmbeddedNats from "@stationkit/embedded-nats";
import type { EmbeddedArguments, EmbeddedLogin } from "./arguments.js";

/** A server that ends with the command. */
export interface EmbeddedServer {
  readonly connect: ConnectOptions;
  /** For people: where it is and who may use it. */
  readonly description: string;
  stop(): Promise<void>;
}

/**
 * Starts a nats-server that lets in who a Memphis broker would: SDKs log in as `root$1`, and fall back to the bare name.
 * @throws {UsageError} when the optional package for it is not installed.
 * @throws {EmbeddedNatsError} when it cannot be started.
 */
export async function startEmbedded({ port, storeDir, login }: EmbeddedArguments): Promise<EmbeddedServer> {
  const { startNats, StartError } = await loadEmbeddedNats();
  const options = { name: "memphis-bridge", port, config: { authorization: authorization(login) } };
  const server = await startNats({ ...options, ...(storeDir !== undefined && { storeDir }) }).catch(
    (error: unknown) => {
      if (!(error instanceof StartError)) throw error;
      // The rest of it is the server's log.
      const [reason = ""] = error.message.split("\n", 1);
      throw new Error(`${reason}${error.retryable ? "; --port takes another port" : ""}`, { cause: error });
    },
  );
  const kept = storeDir ?? "a temporary directory, and go when it ends: --store-dir keeps them";
  return {
    connect: { name: "memphis-bridge", servers: `127.0.0.1:${server.port}`, ...ownLogin(login) },
    description: `its own server is on 127.0.0.1:${server.port}, ${whoMay(login)}; messages are in ${kept}`,
    stop: () => server.stop(),
  };
}

/** As a Memphis broker has it: every user in both forms. @see memphis-protocol.md section 1.2 */
function authorization(login: EmbeddedLogin): { token: string } | { users: { user: string; password: string }[] } {
  if (login.type === "token") return { token: login.token };
  const users = [...login.users].flatMap(([name, password]) => [
    { user: name, password },
    { user: `${name}$1`, password },
  ]);
  return { users };
}

function ownLogin(login: EmbeddedLogin): ConnectOptions {
  return login.type === "token"
    ? { token: login.token }
    : { username: "root", password: login.users.get("root") ?? "" };
}

function whoMay(login: EmbeddedLogin): string {
  return login.type === "token" ? "for whoever has the connection token" : `for ${[...login.users.keys()].join(", ")}`;
}

async function loadEmbeddedNats(): Promise<typeof EmbeddedNats> {
  try {
    return await import("@stationkit/embedded-nats");
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new UsageError("--embedded needs the package @stationkit/embedded-nats, which is not installed", { cause });
  }
}
