import { afterEach, describe, expect, test, vi } from "vitest";
import type { Arguments } from "./arguments.js";
import { toImportOptions, toTourOptions } from "./options.js";
import { createProgram } from "./program.js";

function parse(...argv: string[]): Arguments {
  return createProgram().parse(argv, { from: "user" }).opts<Arguments>();
}

afterEach(() => {
  vi.unstubAllEnvs();
});

test("without options it is a tour on a server of its own", () => {
  expect(toTourOptions(parse())).toEqual({
    broker: { type: "embedded", version: undefined, storeDir: undefined },
    inFlight: undefined,
    verify: true,
  });
});

test("an input alone has defaults for the rest", () => {
  expect(toImportOptions(parse("-i", "a.csv"), "a.csv")).toMatchObject({
    input: "a.csv",
    format: "csv",
    key: undefined,
    limit: Number.POSITIVE_INFINITY,
    skipBad: false,
    stationName: "demo",
    station: {},
    mode: "async",
    verify: true,
    broker: { type: "embedded" },
  });
});

test("options of the station, the producer and the proof arrive", () => {
  const given = parse(
    "-i",
    "-",
    "-f",
    "lines",
    "-p",
    "4",
    "--replicas",
    "3",
    "--max-age-ms",
    "5_000",
    "--sync",
    "--no-verify",
  );
  expect(toImportOptions(given, "-")).toMatchObject({
    station: { partitions: 4, replicas: 3, retention: { type: "age", maxAgeMs: 5_000 } },
    mode: "sync",
    verify: false,
  });
});

describe("the login", () => {
  const login = (...argv: string[]): unknown => toTourOptions(parse("--server", "a:1", ...argv)).broker;

  test("is as given", () => {
    expect(login("--user", "ada", "--password", "x", "--tls-ca", "ca.pem")).toEqual({
      type: "given",
      connect: { servers: ["a:1"], username: "ada", password: "x", tls: { caFile: "ca.pem" } },
    });
    expect(login("--creds", "a.creds")).toEqual({ type: "given", connect: { servers: ["a:1"], credsFile: "a.creds" } });
  });

  test("takes secrets from the environment where they fit", () => {
    vi.stubEnv("NATS_PASSWORD", "secret");
    vi.stubEnv("NATS_TOKEN", "token");
    expect(login("--user", "ada")).toEqual({
      type: "given",
      connect: { servers: ["a:1"], username: "ada", password: "secret" },
    });
    expect(login()).toEqual({ type: "given", connect: { servers: ["a:1"], token: "token" } });
    expect(login("--creds", "a.creds")).toEqual({ type: "given", connect: { servers: ["a:1"], credsFile: "a.creds" } });
  });
});

test("paths are the user's own when npm runs it from another directory", () => {
  vi.stubEnv("npm_lifecycle_event", "start");
  vi.stubEnv("INIT_CWD", "/home/ada");
  expect(toImportOptions(parse("-i", "a.csv"), "a.csv").input).toBe("/home/ada/a.csv");
  expect(toImportOptions(parse("-i", "/a.csv"), "/a.csv").input).toBe("/a.csv");
  expect(toImportOptions(parse("-i", "-", "-f", "csv"), "-").input).toBe("-");
});
