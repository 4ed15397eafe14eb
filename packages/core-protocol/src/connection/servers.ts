import { UsageError } from "../errors/usage-errors.js";
import { requireInteger } from "../validation.js";

/** Memphis's port for clients. @see Memphis broker 1.4.4, const.go */
const MEMPHIS_PORT = 6666;

/** Where to dial, without credentials. */
export interface ResolvedServers {
  /** `host:port`, never empty. */
  readonly addresses: readonly string[];
  /** True when a URL asked for TLS. */
  readonly tls: boolean;
  /** From `scheme://user:password@host`; a lone user is a token. */
  readonly urlCredentials: { readonly user: string; readonly password: string | undefined } | undefined;
  /** True when `host` was given: names and login then follow Memphis. */
  readonly memphisStyle: boolean;
}

interface ServerOptions {
  readonly servers?: string | readonly string[];
  readonly host?: string;
  readonly port?: number;
}

/** Folds `servers` or `host` and `port` into addresses. @throws {UsageError} when they contradict or cannot be read. */
export function resolveServers(options: ServerOptions): ResolvedServers {
  const { servers, host, port } = options;
  if (servers !== undefined && (host !== undefined || port !== undefined)) {
    throw new UsageError("servers excludes host and port: write the port into the server's address");
  }
  if (port !== undefined) requireInteger("port", port, { min: 1, max: 65_535 });
  if (host !== undefined) {
    const address = parseAddress(host.replace(/^https?:\/\//, ""), port ?? MEMPHIS_PORT);
    return { addresses: [address.address], tls: false, urlCredentials: undefined, memphisStyle: true };
  }
  const list =
    servers === undefined ? [`127.0.0.1:${port ?? 4222}`] : typeof servers === "string" ? servers.split(",") : servers;
  if (list.length === 0) throw new UsageError("servers must name at least one server");
  const parsed = list.map((server) => parseAddress(server, 4222));
  return {
    addresses: parsed.map((one) => one.address),
    tls: parsed.some((one) => one.tls),
    urlCredentials: parsed.find((one) => one.credentials !== undefined)?.credentials,
    memphisStyle: false,
  };
}

function parseAddress(
  server: string,
  defaultPort: number,
): { address: string; tls: boolean; credentials: ResolvedServers["urlCredentials"] } {
  const text = typeof server === "string" ? server.trim() : "";
  const scheme = /^([a-z]+):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === "ws" || scheme === "wss") throw new UsageError(`${scheme}:// is not supported: use nats:// or tls://`);
  if (scheme !== undefined && scheme !== "nats" && scheme !== "tls") {
    throw new UsageError(`server ${JSON.stringify(server)} must be host:port, nats://host:port or tls://host:port`);
  }
  const url = tryParseUrl(`nats://${text.replace(/^[a-z]+:\/\//i, "")}`);
  if (url === undefined || url.hostname === "" || (url.pathname !== "" && url.pathname !== "/")) {
    throw new UsageError(
      `server ${JSON.stringify(redact(text))} must be host:port, nats://host:port or tls://host:port`,
    );
  }
  return {
    address: `${url.hostname}:${url.port === "" ? defaultPort : url.port}`,
    tls: scheme === "tls",
    credentials:
      url.username === ""
        ? undefined
        : {
            user: decodeURIComponent(url.username),
            password: url.password === "" ? undefined : decodeURIComponent(url.password),
          },
  };
}

function tryParseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    // Not a URL: the caller reports it with the text that was given.
    return undefined;
  }
}

function redact(text: string): string {
  return text.replace(/^(.*:\/\/)?[^@]*@/, "$1***@");
}
