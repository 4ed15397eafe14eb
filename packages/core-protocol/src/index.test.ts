import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import * as core from "./index.js";
import { CONNECT_DEFAULTS, type ConnectOptions, StationkitError } from "./index.js";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");

/** The cells of every row of the README's tables that begins with code. */
const rows = [...readme.matchAll(/^\| `([^`]+)` +\|(.*)\|$/gm)].map(([, name, rest]) => ({
  name: name!,
  cells: rest!.split("|").map((cell) => cell.trim()),
}));

const delivery = { station: "orders", partition: 1, msgId: "a", attempts: 1, deliveryTimeoutMs: 1 };
const cause = new Error("underneath");
const options = { cause };

/** Every concrete class, made in every way that changes its fields. */
const made: StationkitError[] = [
  new core.UsageError("m", options),
  new core.InvalidNameError("station", "A B", "reason", options),
  new core.PayloadTooLargeError("m", { outcome: "not-sent", sizeBytes: 2, limitBytes: 1 }, options),
  new core.PayloadTooLargeError("m", { outcome: "rejected" }, options),
  new core.AbortedError("m", "not-sent", options),
  new core.AbortedError("m", "unknown", options),
  new core.ConnectionFailedError("m", ["a:1"], options),
  new core.TlsError("m", options),
  new core.AuthenticationError("m", options),
  new core.ConnectionClosedError("m", "not-sent", options),
  new core.ConnectionClosedError("m", "unknown", options),
  new core.ConnectionLostError("m", options),
  new core.RequestTimeoutError("subject", 1, options),
  new core.UnexpectedError("m", options),
  new core.BrokerError("m", {}, options),
  new core.BrokerError("m", { serverCode: 503, serverErrorCode: 1, retryable: true }, options),
  new core.JetStreamDisabledError("m", {}, options),
  new core.ServerTooOldError("2.9.0", "2.10.0", options),
  new core.PermissionDeniedError("publish", "subject", options),
  new core.ResourceLimitError("m", {}, options),
  new core.ThrottledError("m", {}, options),
  new core.UnexpectedAckError("m", {}, options),
  new core.UnsupportedOnMemphisError("update", "reason", options),
  new core.StationNotFoundError("orders", {}, options),
  new core.StationExistsError("orders", [{ setting: "replicas", existing: 1, requested: 3 }], options),
  new core.StationConflictError("m", "orders", {}, options),
  new core.StationFullError("m", "orders", {}, options),
  new core.StationUnavailableError("m", "orders", {}, options),
  new core.ConsumerGroupNotFoundError({ station: "orders", partition: 1, group: "billing" }, options),
  new core.AckTimeoutError("m", delivery, options),
  new core.DeliveryExpiredError("m", delivery, options),
  new core.MalformedMessageError("reason", { messageKind: "request", field: "a.b", outcome: "rejected" }, options),
  new core.MalformedMessageError("reason", { messageKind: "answer", outcome: "unknown" }, options),
];

const isErrorClass = (value: unknown): value is { name: string; prototype: StationkitError } =>
  typeof value === "function" && (value === StationkitError || value.prototype instanceof StationkitError);

describe("the errors that this package exports", () => {
  const classes = Object.entries(core).filter(([, value]) => isErrorClass(value)) as [
    string,
    { name: string; prototype: StationkitError },
  ][];
  const abstract = ["StationkitError", "TransportError", "PartialSendError"];

  it("are all made in this test", () => {
    const names = classes.map(([name]) => name).filter((name) => !abstract.includes(name));
    expect([...new Set(made.map((error) => error.constructor.name))].sort()).toEqual(names.sort());
  });

  it.each(classes)("%s is called that, on its prototype", (exported, { name, prototype }) => {
    expect(name).toBe(exported);
    expect(Object.hasOwn(prototype, "name")).toBe(true);
    expect(prototype.name).toBe(exported);
  });

  it("have a code each, and no two the same", () => {
    const codes = new Map(made.map((error) => [error.constructor.name, error.code]));
    expect(new Set(codes.values()).size).toBe(codes.size);
    for (const code of codes.values()) expect(code).toMatch(/^SK_[A-Z_]+$/);
  });

  it.each(made.map((error) => [error.name, error] as const))("%s carries what programs need", (_name, error) => {
    expect(error).toBeInstanceOf(StationkitError);
    expect(error).toBeInstanceOf(Error);
    expect(StationkitError.is(error)).toBe(true);
    expect(Object.hasOwn(error, "name")).toBe(false);
    expect(error.cause).toBe(cause);
    expect(error.stack).toContain(error.name);
    expect(error.message).not.toBe("");
    // JSON-safe: what is serialised comes back as it was.
    const own = Object.fromEntries(Object.entries(error).filter(([, value]) => value !== undefined));
    expect(JSON.parse(JSON.stringify(error))).toEqual(own);
    expect(own).toMatchObject({ code: error.code, retryable: error.retryable, outcome: error.outcome });
  });

  it.each(made.map((error) => [error.name, error] as const))("%s stands in the README", (name, error) => {
    const row = rows.find((one) => one.name === name);
    expect(row).toBeDefined();
    const [code, retryable, outcome, advice] = row!.cells;
    expect(code).toBe(`\`${error.code}\``);
    expect(retryable!.split(", ")).toContain(error.retryable ? "yes" : "no");
    expect(outcome!.split(", ")).toContain(error.outcome);
    expect(advice).not.toBe("");
  });
});

describe("StationkitError.is", () => {
  it("knows an error of another copy of this package", () => {
    class Foreign extends Error {}
    Object.defineProperty(Foreign.prototype, Symbol.for("stationkit.error"), { value: true });
    const foreign = new Foreign("elsewhere");
    expect(foreign).not.toBeInstanceOf(StationkitError);
    expect(StationkitError.is(foreign)).toBe(true);
  });

  it.each([new Error("plain"), { code: "SK_USAGE" }, "SK_USAGE", null, undefined])("does not know %o", (value) => {
    expect(StationkitError.is(value)).toBe(false);
  });
});

describe("the README's table of connect's options", () => {
  const every: Record<keyof ConnectOptions, true> = {
    ...{ servers: true, host: true, port: true, name: true, connectTimeoutMs: true, timeoutMs: true },
    ...{ waitOnFirstConnect: true, reconnect: true, maxReconnectAttempts: true, maxReconnect: true },
    ...{ reconnectDelayMs: true, reconnectIntervalMs: true, pingIntervalMs: true, requestTimeoutMs: true },
    ...{ closeTimeoutMs: true, inboxPrefix: true, apiPrefix: true, domain: true, controlPlane: true },
    ...{ natsConnection: true },
    ...{ username: true, password: true, accountId: true, token: true, connectionToken: true, nkeySeed: true },
    ...{ jwt: true, creds: true, credsFile: true, authenticator: true },
    ...{ tls: true, caFile: true, certFile: true, keyFile: true },
  };
  const defaults: Record<string, unknown> = CONNECT_DEFAULTS;

  it.each(Object.keys(every))("has %s, with its unit and default", (key) => {
    const found = rows.filter(({ name }) => name === key);
    expect(found).toHaveLength(1);
    const [unit, value] = found[0]!.cells;
    expect(unit).toBe(key.endsWith("Ms") ? "ms" : "");
    if (key in defaults) expect(value).toBe(`\`${String(defaults[key])}\``);
    else expect(value).toBe(key === "servers" ? "`127.0.0.1:4222`" : "");
  });

  it("has nothing else with a default", () => {
    for (const key of Object.keys(CONNECT_DEFAULTS)) expect(Object.keys(every)).toContain(key);
  });
});
