import type { Authenticator } from "@nats-io/nats-core";
import { UsageError } from "../errors/usage-errors.js";
import { requireInteger } from "../validation.js";
import { requireCreds, requireSeed } from "./credentials.js";
import { resolveServers } from "./servers.js";

/** One way to log in. */
export type ResolvedAuthentication =
  | { readonly type: "none" }
  /** `logins` are tried in order while the server refuses them. `username` is the bare name. */
  | {
      readonly type: "password";
      readonly username: string;
      readonly logins: readonly string[];
      readonly password: string | undefined;
    }
  /** `username` is what a Memphis client says of itself beside the token; the server does not check it. */
  | { readonly type: "token"; readonly token: string; readonly username?: string }
  | { readonly type: "nkey"; readonly seed: string }
  | { readonly type: "jwt"; readonly jwt: string; readonly seed: string | undefined }
  | { readonly type: "creds"; readonly creds: string }
  | { readonly type: "creds-file"; readonly path: string }
  | { readonly type: "authenticator"; readonly authenticator: Authenticator };

interface AuthenticationOptions {
  readonly servers?: string | readonly string[];
  readonly host?: string;
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
  readonly accountId?: number;
  readonly connectionToken?: string;
  readonly token?: string;
  readonly nkeySeed?: string;
  readonly creds?: string;
  readonly credsFile?: string;
  readonly jwt?: string;
  readonly authenticator?: Authenticator;
}

/** @throws {UsageError} when two ways are given, half of one, or a secret that cannot be read. */
export function resolveAuthentication(options: AuthenticationOptions): ResolvedAuthentication {
  const { password, accountId, nkeySeed, jwt, creds } = options;
  if (nkeySeed !== undefined) requireSeed("nkeySeed", nkeySeed);
  if (creds !== undefined) requireCreds("creds", creds);
  const ways: ResolvedAuthentication[] = [];
  if (options.connectionToken !== undefined && password === undefined) ways.push(byConnectionToken(options));
  else if (options.username !== undefined) ways.push(byPassword(options.username, password, accountId));
  if (options.token !== undefined) ways.push({ type: "token", token: options.token });
  if (jwt !== undefined) ways.push({ type: "jwt", jwt, seed: nkeySeed });
  else if (nkeySeed !== undefined) ways.push({ type: "nkey", seed: nkeySeed });
  if (creds !== undefined) ways.push({ type: "creds", creds });
  if (options.credsFile !== undefined) ways.push({ type: "creds-file", path: options.credsFile });
  if (options.authenticator !== undefined) ways.push({ type: "authenticator", authenticator: options.authenticator });
  const fromUrl = byUrl(options);
  if (fromUrl !== undefined) ways.push(fromUrl);

  if (options.connectionToken !== undefined && password !== undefined) {
    throw new UsageError("give one login, not password and connectionToken");
  }
  const [way, ...others] = ways;
  if (others.length > 0) {
    const kinds = ways.map((one) => (one === fromUrl ? "the login in the server's URL" : NAMES[one.type]));
    throw new UsageError(`give one login, not ${kinds.join(" and ")}`);
  }
  if (options.username === undefined && (password !== undefined || accountId !== undefined)) {
    throw new UsageError("password and accountId need a username");
  }
  return way ?? { type: "none" };
}

/** The options that stand for a login, as their user wrote them. */
const NAMES: Readonly<Record<ResolvedAuthentication["type"], string>> = {
  none: "none",
  password: "username",
  token: "token or connectionToken",
  nkey: "nkeySeed",
  jwt: "jwt",
  creds: "creds",
  "creds-file": "credsFile",
  authenticator: "authenticator",
};

/** Memphis's older login: one token for all, beside the name of a user whom only its control plane knows. */
function byConnectionToken({ connectionToken = "", username }: AuthenticationOptions): ResolvedAuthentication {
  return { type: "token", token: connectionToken, ...(username !== undefined && { username }) };
}

/**
 * Memphis knows users as `name$account` and NATS by their bare name; both kinds of server refuse the other form.
 * @see Memphis broker 1.4.4, auth.go:826-830; memphis.js falls back the same way
 */
function byPassword(
  username: string,
  password: string | undefined,
  accountId: number | undefined,
): ResolvedAuthentication {
  if (accountId === undefined) return { type: "password", username, logins: [username], password };
  requireInteger("accountId", accountId, { min: 1 });
  return { type: "password", username, logins: [`${username}$${accountId}`, username], password };
}

function byUrl(options: AuthenticationOptions): ResolvedAuthentication | undefined {
  const credentials = resolveServers(options).urlCredentials;
  if (credentials === undefined) return undefined;
  const { user, password } = credentials;
  return password === undefined
    ? { type: "token", token: user }
    : { type: "password", username: user, logins: [user], password };
}
