import type { NatsConnection } from "@nats-io/nats-core";
import { describe, expect, it } from "vitest";
import { UsageError } from "../errors/usage-errors.js";
import { CONNECT_DEFAULTS, type ConnectOptions, resolveConnectOptions } from "./options.js";

const resolve = (options: unknown): ReturnType<typeof resolveConnectOptions> =>
  resolveConnectOptions(options as ConnectOptions);

describe("resolveConnectOptions", () => {
  it("fills in every default", () => {
    expect(resolve({})).toEqual({
      servers: { addresses: ["127.0.0.1:4222"], tls: false, urlCredentials: undefined, memphisStyle: false },
      authentication: { type: "none" },
      tls: undefined,
      name: undefined,
      connectTimeoutMs: 5_000,
      waitOnFirstConnect: false,
      reconnect: true,
      maxReconnectAttempts: -1,
      reconnectDelayMs: 500,
      pingIntervalMs: 10_000,
      requestTimeoutMs: 5_000,
      closeTimeoutMs: 30_000,
      inboxPrefix: "_INBOX",
      apiPrefix: "$JS.API",
      controlPlane: "auto",
      natsConnection: undefined,
    });
  });

  it("treats undefined as not given", () => {
    expect(resolve({ servers: undefined, timeoutMs: undefined, token: undefined, tls: undefined })).toEqual(
      resolve({}),
    );
  });

  it("has defaults that nobody can change", () => {
    expect(Object.isFrozen(CONNECT_DEFAULTS)).toBe(true);
  });

  it("takes everything that is given", () => {
    const given = {
      name: "checkout",
      connectTimeoutMs: 1,
      waitOnFirstConnect: true,
      reconnect: false,
      maxReconnectAttempts: 0,
      reconnectDelayMs: 2,
      pingIntervalMs: 3,
      requestTimeoutMs: 4,
      closeTimeoutMs: 5,
      inboxPrefix: "_INBOX_checkout",
      apiPrefix: "$JS.hub.API",
    };
    expect(resolve(given)).toMatchObject(given);
  });

  it.each([
    [{ timeoutMs: 7 }, { connectTimeoutMs: 7 }],
    [{ maxReconnect: 3 }, { maxReconnectAttempts: 3 }],
    [{ reconnectIntervalMs: 9 }, { reconnectDelayMs: 9 }],
    [{ domain: "hub" }, { apiPrefix: "$JS.hub.API" }],
  ])("reads the other name %o", (options, expected) => {
    expect(resolve(options)).toMatchObject(expected);
  });

  it.each([
    { connectTimeoutMs: 1, timeoutMs: 1 },
    { maxReconnectAttempts: 1, maxReconnect: 1 },
    { reconnectDelayMs: 1, reconnectIntervalMs: 1 },
    { domain: "hub", apiPrefix: "$JS.API" },
    { servers: "a", host: "a" },
    { servers: "a", port: 1 },
    { servers: "tls://a", tls: false },
    { certFile: "a", keyFile: "b", tls: true },
  ])("refuses what says a thing twice: %o", (options) => {
    expect(() => resolve(options)).toThrow(UsageError);
  });

  it.each([
    "connectTimeoutMs",
    "timeoutMs",
    "reconnectDelayMs",
    "reconnectIntervalMs",
    "pingIntervalMs",
    "requestTimeoutMs",
    "closeTimeoutMs",
  ])("refuses %s that no timer can wait", (key) => {
    for (const value of [0, -1, 1.5, NaN, Infinity, 2_147_483_648, "5", null, 5n]) {
      expect(() => resolve({ [key]: value })).toThrow(UsageError);
    }
  });

  it("refuses reconnect attempts below -1 and ports and accounts out of range", () => {
    for (const maxReconnect of [-2, NaN, 1.5, "1"]) expect(() => resolve({ maxReconnect })).toThrow(UsageError);
    for (const port of [0, -1, 65_536, NaN, "4222"]) expect(() => resolve({ port })).toThrow(UsageError);
    for (const accountId of [0, -1, NaN, 1.5, "1"])
      expect(() => resolve({ username: "a", accountId })).toThrow(UsageError);
  });

  it.each([
    ["unknown option server, tokn", { server: "a", tokn: "b" }],
    ["username must be a string", { username: 7 }],
    ["username must not be empty", { username: "" }],
    ["token must not be empty", { token: "" }],
    ["host must not be empty", { host: "" }],
    ["host must be a host name, without nats://", { host: "nats://a" }],
    ["host must be a host name: put a login into username and password", { host: "user@a" }],
    ["reconnect must be a boolean", { reconnect: "no" }],
    ["waitOnFirstConnect must be a boolean", { waitOnFirstConnect: 1 }],
    ["authenticator must be a function", { authenticator: {} }],
    ["natsConnection must be a", { natsConnection: "x" }],
    ["servers must name", { servers: [] }],
    ["servers must name", { servers: 7 }],
    ["must be host:port", { servers: [7] }],
    ["inboxPrefix must be", { inboxPrefix: "a.*" }],
    ["inboxPrefix must be", { inboxPrefix: "a b" }],
    ["inboxPrefix must be", { inboxPrefix: "a." }],
    ["apiPrefix must be", { apiPrefix: "$JS.>" }],
    ["domain must be", { domain: "a..b" }],
    ["options must be an object", "127.0.0.1:4222"],
    ["options must be an object", null],
    ["options must be an object", []],
  ])("says %s", (message, options) => {
    expect(() => resolve(options)).toThrow(UsageError);
    expect(() => resolve(options)).toThrow(message);
  });

  describe("with a brought connection", () => {
    const natsConnection = {} as NatsConnection;

    it("takes options about requests and closing", () => {
      expect(resolve({ natsConnection, requestTimeoutMs: 1, closeTimeoutMs: 2, domain: "hub" })).toMatchObject({
        natsConnection,
        requestTimeoutMs: 1,
        closeTimeoutMs: 2,
      });
    });

    it.each([
      { servers: "a" },
      { host: "a" },
      { port: 1 },
      { username: "a" },
      { token: "a" },
      { tls: true },
      { name: "a" },
      { reconnect: true },
      { pingIntervalMs: 1 },
    ])("refuses %o, which its owner has decided", (options) => {
      expect(() => resolve({ natsConnection, ...options })).toThrow(/leave out/);
    });
  });
});

describe("secrets", () => {
  const secret = "s3cr3t-p@ss:w0rd%";
  const quoted = encodeURIComponent(secret);

  it.each([
    { servers: `http://user:${secret}@host` },
    { servers: `nats://user:${secret}@host/path` },
    { servers: `nats://user:${secret}@ho st` },
    { servers: `ws://user:${secret}@host` },
    { servers: `nats://user:${secret}@host` },
    { servers: `user:${secret}@` },
    { servers: [`nats://user:${quoted}@a`, `nats://other:${quoted}@b`] },
    { servers: `nats://:${quoted}@a` },
    { servers: `nats://user:${quoted}@a`, password: secret },
    { servers: `nats://user:${quoted}@a`, username: "user", password: secret },
    { host: `user:${secret}@host` },
    { host: `user:${quoted}@host` },
    { password: secret },
    { password: [secret] },
    { token: { secret } },
    { token: secret, nkeySeed: secret },
    { nkeySeed: secret },
    { creds: secret },
    { jwt: secret, nkeySeed: secret },
  ])("never stand in an error: case %#", (options) => {
    let message = "";
    try {
      resolve(options);
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      message = (error as Error).message;
    }
    expect(message).not.toBe("");
    expect(message).not.toMatch(/s3cr3t|w0rd|p@ss/);
  });
});
