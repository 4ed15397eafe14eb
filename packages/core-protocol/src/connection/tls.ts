import { UsageError } from "../errors/usage-errors.js";
import { type OptionType, requireKnownKeys, requireTypes } from "../validation.js";

/** TLS of the connection: texts in PEM, or paths of PEM files. */
export interface TlsOptions {
  /** Certificate authorities to trust instead of the system's. */
  readonly ca?: string;
  readonly caFile?: string;
  /** Client certificate, for mutual TLS; with `key`. */
  readonly cert?: string;
  readonly certFile?: string;
  readonly key?: string;
  readonly keyFile?: string;
  /** Name that the server's certificate must carry, when it is not the host dialled. */
  readonly serverName?: string;
  /** Begin with the handshake, before the server's INFO (`handshake_first` on the server). Default false. */
  readonly handshakeFirst?: boolean;
  /** false accepts any certificate: for tests only. Default true. */
  readonly rejectUnauthorized?: boolean;
}

const TYPES = {
  ...({ ca: "text", caFile: "text", cert: "text", certFile: "text", key: "text", keyFile: "text" } as const),
  ...({ serverName: "text", handshakeFirst: "boolean", rejectUnauthorized: "boolean" } as const),
} satisfies Record<keyof TlsOptions, OptionType>;

const KEYS: ReadonlySet<string> = new Set(Object.keys(TYPES));

interface TlsSource {
  readonly tls?: boolean | TlsOptions;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly caFile?: string;
}

/** @returns undefined when TLS was not asked for (a server may still offer or demand it). @throws {UsageError} for contradictions. */
export function resolveTls(options: TlsSource): TlsOptions | undefined {
  const { certFile, keyFile, caFile } = options;
  const memphisFiles: TlsOptions = {
    ...(certFile && { certFile }),
    ...(keyFile && { keyFile }),
    ...(caFile && { caFile }),
  };
  const memphisStyle = Object.keys(memphisFiles).length > 0;
  if (memphisStyle && options.tls !== undefined) throw new UsageError("put certFile, keyFile and caFile inside tls");
  const tls = memphisStyle ? memphisFiles : options.tls === true ? {} : options.tls;
  if (tls === undefined || tls === false) return undefined;
  requireKnownKeys("tls", tls, KEYS);
  requireTypes(tls, TYPES);
  for (const name of ["ca", "cert", "key"] as const) {
    if (tls[name] !== undefined && tls[`${name}File`] !== undefined)
      throw new UsageError(`tls: ${name} and ${name}File exclude each other`);
  }
  if (((tls.cert ?? tls.certFile) === undefined) !== ((tls.key ?? tls.keyFile) === undefined)) {
    throw new UsageError("tls: a client certificate and its key go together");
  }
  return tls;
}
