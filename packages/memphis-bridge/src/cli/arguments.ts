import { parseArgs } from "node:util";
import { type ConnectOptions, UsageError } from "@stationkit/core-protocol";
import { type BridgeOptions, resolveBridgeOptions } from "../bridge-options.js";

/** What the command is to do. */
export interface CommandArguments {
  /** A server that is there; undefined: one of the command's own. */
  readonly connect: ConnectOptions | undefined;
  readonly embedded: EmbeddedArguments;
  readonly bridge: BridgeOptions;
  readonly quiet: boolean;
}

/** The command's own server. */
export interface EmbeddedArguments {
  readonly port: number;
  /** undefined: a temporary one. */
  readonly storeDir: string | undefined;
  readonly login: EmbeddedLogin;
}

/** Users as a Memphis broker has them, or its older way, one token for all. */
export type EmbeddedLogin =
  | { readonly type: "users"; readonly users: ReadonlyMap<string, string> }
  | { readonly type: "token"; readonly token: string };

/** A wish for words, not for deeds. */
export type CommandRequest = "help" | "version" | CommandArguments;

/** Port of a Memphis broker. */
const MEMPHIS_PORT = 6666;
/** Password of `root` on a Memphis broker that nobody has changed. */
const ROOT_PASSWORD = "memphis";

const OPTIONS = {
  server: { type: "string", multiple: true },
  username: { type: "string" },
  password: { type: "string" },
  token: { type: "string" },
  creds: { type: "string" },
  embedded: { type: "boolean" },
  port: { type: "string" },
  "store-dir": { type: "string" },
  "root-password": { type: "string" },
  user: { type: "string", multiple: true },
  "connection-token": { type: "string" },
  replicas: { type: "string" },
  notifications: { type: "boolean" },
  "activate-schema-versions": { type: "boolean" },
  "inbox-prefix": { type: "string", multiple: true },
  quiet: { type: "boolean", short: "q" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const;

type Values = ReturnType<typeof parseValues>;
type Environment = Readonly<Record<string, string | undefined>>;

/** What `--help` prints. */
export function usage(): string {
  return `Answers the requests of Memphis SDKs on a NATS server with JetStream.

  memphis-bridge --server URL [login]     on a server that is there
  memphis-bridge --embedded               on one of its own, with Memphis's users

Server that is there
  --server URL        nats://host:port, repeatable                    NATS_URL, default nats://127.0.0.1:4222
  --username NAME     a NATS login                                    NATS_USER
  --password WORD                                                     NATS_PASSWORD
  --token TOKEN                                                       NATS_TOKEN
  --creds FILE        credentials file                                NATS_CREDS

Server of its own, on 127.0.0.1, ended with the command
  --port PORT         default ${MEMPHIS_PORT}
  --store-dir DIR     keeps messages; default: a temporary directory
  --root-password WORD                                                ROOT_PASSWORD, default ${ROOT_PASSWORD}
  --user NAME:WORD    one more user, repeatable
  --connection-token TOKEN   one token for all instead of users       CONNECTION_TOKEN

Bridge
  --replicas N        copies of what bridges know, 1 to 5; default: 3 on a cluster, else 1
  --notifications     has SDKs tell of messages that a schema refused, and prints them
  --activate-schema-versions   a new version of a schema counts at once
  --inbox-prefix PREFIX        of clients' reply subjects, repeatable; default _INBOX
  -q, --quiet         prints only what went wrong
  -h, --help   -V, --version

Several bridges may serve one server. Exit codes: 0 after SIGINT or SIGTERM, 1 when something failed, 2 for wrong arguments.
`;
}

/** @throws {UsageError} for what cannot be right. */
export function parseArguments(argv: readonly string[], env: Environment): CommandRequest {
  const values = parseValues(argv);
  if (values.help === true) return "help";
  if (values.version === true) return "version";
  const isEmbedded = values.embedded === true;
  refuse(values, isEmbedded ? SERVER_ONLY : EMBEDDED_ONLY, isEmbedded ? "with" : "without");
  const bridge: BridgeOptions = {
    ...(values.replicas !== undefined && { replicas: integer("--replicas", values.replicas, 5) }),
    sendNotifications: values.notifications === true,
    newSchemaVersions: values["activate-schema-versions"] === true ? "active" : "inactive",
    ...(values["inbox-prefix"] !== undefined && { inboxPrefixes: values["inbox-prefix"] }),
  };
  // Before a server is started or asked for anything.
  resolveBridgeOptions(bridge);
  return {
    connect: isEmbedded ? undefined : connectOptions(values, env),
    embedded: {
      port: values.port === undefined ? MEMPHIS_PORT : integer("--port", values.port, 65_535),
      storeDir: values["store-dir"],
      login: embeddedLogin(values, env),
    },
    bridge,
    quiet: values.quiet === true,
  };
}

const SERVER_ONLY = ["server", "username", "password", "token", "creds"] as const;
const EMBEDDED_ONLY = ["port", "store-dir", "root-password", "user", "connection-token"] as const;

function parseValues(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function refuse(values: Values, names: readonly (keyof Values)[], word: "with" | "without"): void {
  const given = names.filter((name) => values[name] !== undefined);
  if (given.length === 0) return;
  throw new UsageError(`${given.map((name) => `--${name}`).join(", ")} cannot be used ${word} --embedded`);
}

function connectOptions(values: Values, env: Environment): ConnectOptions {
  const { server, username, password, token, creds } = values;
  const servers = server ?? list(env["NATS_URL"]);
  // A login on the command line takes the place of the environment's, whole.
  const given = [username, password, token, creds].some((value) => value !== undefined);
  const login = given
    ? { username, password, token, creds }
    : {
        username: env["NATS_USER"],
        password: env["NATS_PASSWORD"],
        token: env["NATS_TOKEN"],
        creds: env["NATS_CREDS"],
      };
  return {
    name: "memphis-bridge",
    ...(servers !== undefined && { servers }),
    ...(login.username !== undefined && { username: login.username }),
    ...(login.password !== undefined && { password: login.password }),
    ...(login.token !== undefined && { token: login.token }),
    ...(login.creds !== undefined && { credsFile: login.creds }),
  };
}

function embeddedLogin(values: Values, env: Environment): EmbeddedLogin {
  const token = values["connection-token"] ?? env["CONNECTION_TOKEN"];
  if (token !== undefined) {
    if (values.user !== undefined || values["root-password"] !== undefined) {
      throw new UsageError("--connection-token takes the place of users: give one or the other");
    }
    return { type: "token", token: notEmpty("the connection token", token) };
  }
  const password = notEmpty("root's password", values["root-password"] ?? env["ROOT_PASSWORD"] ?? ROOT_PASSWORD);
  const users = new Map([["root", password]]);
  for (const user of values.user ?? []) {
    const colon = user.indexOf(":");
    const name = user.slice(0, Math.max(0, colon));
    if (!/^[a-z0-9_.-]{1,60}$/.test(name) || colon === user.length - 1) {
      throw new UsageError("--user takes NAME:WORD, the name of a-z 0-9 _ . -");
    }
    users.set(name, user.slice(colon + 1));
  }
  return { type: "users", users };
}

/** memphis-dev does not log in with an empty one. */
function notEmpty(what: string, text: string): string {
  if (text === "") throw new UsageError(`${what} must not be empty`);
  return text;
}

function integer(option: string, text: string, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= max) return value;
  throw new UsageError(`${option} must be an integer from 1 to ${max}, not ${JSON.stringify(text)}`);
}

function list(text: string | undefined): string[] | undefined {
  return text
    ?.split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
