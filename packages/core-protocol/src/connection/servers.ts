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
  if (host !== undefined) return memphisStyle(host, port);
  const list =
    servers === undefined ? [`127.0.0.1:${port ?? 4222}`] : typeof servers === "string" ? servers.split(",") : servers;
  if (!Array.isArray(list) || list.length === 0) throw new UsageError("servers must name at least one server");
  const parsed = (list as readonly unknown[]).map((server) => parseAddress(server, 4222));
  const logins = new Set(parsed.flatMap(({ credentials }) => (credentials ? [JSON.stringify(credentials)] : [])));
  if (logins.size > 1) throw new UsageError("one login is used for all servers, but their URLs name several");
  return {
    addresses: parsed.map((one) => one.address),
    tls: parsed.some((one) => one.scheme === "tls"),
    urlCredentials: parsed.find((one) => one.credentials !== undefined)?.credentials,
    memphisStyle: false,
  };
}

function memphisStyle(host: string, port: number | undefined): ResolvedServers {
  const name = host.trim().replace(/^https?:\/\//i, "");
  const { address, scheme, credentials, hasPort } = parseAddress(name, port ?? MEMPHIS_PORT);
  if (scheme !== undefined) {
    throw new UsageError(`host must be a host name, without ${scheme}://`);
  }
  if (credentials !== undefined) {
    throw new UsageError("host must be a host name: put a login into username and password");
  }
  if (hasPort && port !== undefined) throw new UsageError("host names a port, so leave out port");
  return { addresses: [address], tls: false, urlCredentials: undefined, memphisStyle: true };
}

interface ParsedAddress {
  readonly address: string;
  readonly scheme: string | undefined;
  readonly hasPort: boolean;
  readonly credentials: ResolvedServers["urlCredentials"];
}

function parseAddress(server: unknown, defaultPort: number): ParsedAddress {
  const text = typeof server === "string" ? server.trim() : "";
  const scheme = /^([a-z]+):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === "ws" || scheme === "wss") throw new UsageError(`${scheme}:// is not supported: use nats:// or tls://`);
  const url = tryParseUrl(`nats://${text.replace(/^[a-z]+:\/\//i, "")}`);
  const known = scheme === undefined || scheme === "nats" || scheme === "tls";
  if (!known || url === undefined || !isBareAddress(url)) {
    throw new UsageError(
      `server ${JSON.stringify(redact(text))} must be host:port, nats://host:port or tls://host:port`,
    );
  }
  return {
    address: `${url.hostname}:${url.port === "" ? defaultPort : url.port}`,
    scheme,
    hasPort: url.port !== "",
    credentials: parseCredentials(url),
  };
}

function isBareAddress(url: URL): boolean {
  const hasPath = url.pathname !== "" && url.pathname !== "/";
  return url.hostname !== "" && url.port !== "0" && !hasPath && url.search === "" && url.hash === "";
}

function parseCredentials(url: URL): ResolvedServers["urlCredentials"] {
  if (url.username === "" && url.password === "") return undefined;
  const user = tryDecode(url.username);
  const password = url.password === "" ? undefined : tryDecode(url.password);
  if (user === undefined || user === "" || (url.password !== "" && password === undefined)) {
    throw new UsageError(`the login in the URL of ${url.host} cannot be read: it is user:password, percent-encoded`);
  }
  return { user, password };
}

function tryParseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    // Not a URL: the caller reports it with the text that was given.
    return undefined;
  }
}

function tryDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone `%`: the caller reports it, without the text, which is a secret.
    return undefined;
  }
}

/** Passwords may contain `@` and `:`; the last `@` ends the login. */
function redact(text: string): string {
  return text.replace(/^([a-z]+:\/\/)?.*@/is, "$1***@");
}
