import { describe, expect, it } from "vitest";
import { UsageError } from "../errors/usage-errors.js";
import { resolveServers } from "./servers.js";

describe("servers, in NATS style", () => {
  it.each([
    [{}, ["127.0.0.1:4222"]],
    [{ port: 5222 }, ["127.0.0.1:5222"]],
    [{ servers: "broker" }, ["broker:4222"]],
    [{ servers: "broker:5222" }, ["broker:5222"]],
    [{ servers: "nats://broker" }, ["broker:4222"]],
    [{ servers: "nats://broker:5222/" }, ["broker:5222"]],
    [{ servers: " a:1 , b " }, ["a:1", "b:4222"]],
    [{ servers: ["a:1", "nats://b:2"] }, ["a:1", "b:2"]],
    [{ servers: "[::1]:4222" }, ["[::1]:4222"]],
    [{ servers: "nats://[fe80::1]" }, ["[fe80::1]:4222"]],
    [{ servers: "10.0.0.1:4222" }, ["10.0.0.1:4222"]],
  ])("%o means %j", (options, addresses) => {
    const resolved = resolveServers(options);
    expect(resolved).toEqual({ addresses, tls: false, urlCredentials: undefined, memphisStyle: false });
  });

  it("asks for TLS when one of the URLs does", () => {
    expect(resolveServers({ servers: "TLS://a" })).toMatchObject({ addresses: ["a:4222"], tls: true });
    expect(resolveServers({ servers: ["nats://a", "tls://b"] }).tls).toBe(true);
  });

  it("takes the login out of a URL, decoded", () => {
    expect(resolveServers({ servers: "nats://us%40er:p%3Aw%20%25@a:1" })).toMatchObject({
      addresses: ["a:1"],
      urlCredentials: { user: "us@er", password: "p:w %" },
    });
    expect(resolveServers({ servers: "token@a" }).urlCredentials).toEqual({ user: "token", password: undefined });
  });

  it("takes one login for all servers, wherever it stands", () => {
    const login = { user: "u", password: "p" };
    expect(resolveServers({ servers: ["a", "u:p@b"] }).urlCredentials).toEqual(login);
    expect(resolveServers({ servers: "u:p@a,u:p@b" }).urlCredentials).toEqual(login);
    expect(() => resolveServers({ servers: "u:p@a,v:p@b" })).toThrow(UsageError);
  });

  it.each([
    ...["", " ", ",", "a,", ":4222", "a:0", "a:65536", "a:b", "::1", "a/b", "a?x=1", "a#x", "a b"],
    ...["http://a", "ws://a", "wss://a", "nats://", "u:p@", "u:100%@a", ":p@a"],
  ])("refuses %j", (servers) => {
    expect(() => resolveServers({ servers })).toThrow(UsageError);
  });
});

describe("servers, in Memphis style", () => {
  it.each([
    [{ host: "broker" }, "broker:6666"],
    [{ host: "broker", port: 7000 }, "broker:7000"],
    [{ host: "broker:7000" }, "broker:7000"],
    [{ host: "http://broker" }, "broker:6666"],
    [{ host: "https://broker/" }, "broker:6666"],
    [{ host: "[::1]", port: 4222 }, "[::1]:4222"],
  ])("%o means %s", (options, address) => {
    expect(resolveServers(options)).toEqual({
      addresses: [address],
      tls: false,
      urlCredentials: undefined,
      memphisStyle: true,
    });
  });

  it.each([
    { host: "broker:7000", port: 7001 },
    { host: "tls://broker" },
    { host: "nats://broker" },
    { host: "u:p@broker" },
    { host: "ws://broker" },
    { host: "bro ker" },
  ])("refuses %o", (options) => {
    expect(() => resolveServers(options)).toThrow(UsageError);
  });
});
