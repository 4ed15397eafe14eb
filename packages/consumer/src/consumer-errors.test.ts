import { readFile } from "node:fs/promises";
import * as core from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import * as exported from "./index.js";

const place = { station: "orders", partition: 1, sequence: 7 };
const group = { station: "orders", partition: 1, group: "billing" };

const own = [
  new exported.ConsumerClosedError("c"),
  new exported.ConsumerGroupConflictError(group, [{ setting: "maxDeliveries", existing: 1, requested: 2 }]),
  new exported.DeadLetterError(place, "orders.dls", { cause: new core.PermissionDeniedError("publish", "x") }),
  new exported.ReadingStalledError("orders", 1),
  new exported.UndecodableMessageError(place, { cause: new SyntaxError("no JSON") }),
];

/** One of each that a consumer's user can meet. */
const met: core.StationkitError[] = [
  ...own,
  new core.UsageError("x"),
  new core.InvalidNameError("station", "-", "x"),
  new core.ConsumerGroupNotFoundError(group),
  new core.ServerTooOldError("2.10.27", "2.11.0"),
  new core.RequestTimeoutError("x", 1),
  new core.ConnectionClosedError("x", "not-sent"),
  new core.StationNotFoundError("orders"),
  new core.StationConflictError("x", "orders"),
  new core.StationUnavailableError("x", "orders"),
  new core.ResourceLimitError("x"),
  new core.JetStreamDisabledError("x"),
  new core.PermissionDeniedError("publish", "x"),
  new core.BrokerError("x"),
  new core.UnexpectedError("x"),
  new core.UnsupportedOnMemphisError("start", "x"),
];

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const rows = new Map(
  readme
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, name, code]) => /^`\w+Error`$/.test(name ?? "") && code?.startsWith("`SK_"))
    .map(([, name, ...cells]) => [name!.slice(1, -1), cells]),
);

describe("the errors among the exports", () => {
  it("are all in this test, each with a code of its own", () => {
    const classes = Object.entries(exported).filter(
      ([, value]) => typeof value === "function" && (value as { prototype?: unknown }).prototype instanceof Error,
    );
    expect(own.map(({ name }) => name).sort()).toEqual(classes.map(([name]) => name).sort());
    expect(new Set(met.map(({ code }) => code)).size).toBe(met.length);
  });

  it.each(own.map((error) => [error.name, error] as const))("%s is named and survives JSON", (name, error) => {
    expect(error.constructor.name).toBe(name);
    expect(core.StationkitError.is(error)).toBe(true);
    expect(Object.keys(error)).not.toContain("name");
    const fields = JSON.parse(JSON.stringify(error)) as Record<string, unknown>;
    expect(fields).toMatchObject({ code: error.code, retryable: error.retryable, outcome: error.outcome });
  });

  it("say where, and why", () => {
    expect(own[1]!.message).toContain("maxDeliveries is 1, asked for 2");
    expect(own[2]).toMatchObject({ ...place, dlsStation: "orders.dls", outcome: "rejected" });
    expect(own[4]!.message).toBe('message 7 of partition 1 of station "orders" cannot be read: no JSON');
  });
});

describe("the README's table of errors", () => {
  it("has a row for each, and no other", () => {
    expect([...rows.keys()].sort()).toEqual(met.map(({ name }) => name).sort());
  });

  it.each(met.map((error) => [error.name, error] as const))("is right about %s", (name, error) => {
    const [code, retryable, outcome] = rows.get(name) ?? [];
    expect(code).toBe(`\`${error.code}\``);
    expect(retryable).toBe(error.retryable ? "yes" : "no");
    expect(outcome?.split(", ")).toContain(`\`${error.outcome}\``);
  });
});
