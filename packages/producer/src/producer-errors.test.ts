import { readFile } from "node:fs/promises";
import * as core from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import * as exported from "./index.js";

const delivery = { station: "orders", partition: 1, msgId: "id", attempts: 2, deliveryTimeoutMs: 30_000 };
const ack = { station: "a", partition: 1, sequence: 1, duplicate: false, msgId: "id" };
const lost = new core.AckTimeoutError("lost", delivery);
const full = new core.StationFullError("full", "orders");
const failureOf = (error: core.StationkitError): exported.DeliveryFailure => ({
  error,
  station: "orders",
  partition: 1,
  msgId: "id",
  request: { message: "x" },
});

const own = [
  new exported.AtomicUnsupportedError("x", { outcome: "rejected", serverCode: 400, serverErrorCode: 10_174 }),
  new exported.AtomicDuplicateError("orders", [{ msgId: "id", sequence: 1 }]),
  new exported.ProducerClosedError("p"),
  new exported.DeliveryError([failureOf(lost)], 1),
  new exported.MultiStationError([ack], [{ station: "b", error: full }]),
];

/** One of each that a producer's user can meet. */
const met: core.StationkitError[] = [
  ...own,
  new core.UsageError("x"),
  new core.InvalidNameError("station", "-", "x"),
  new core.PayloadTooLargeError("x", { outcome: "not-sent" }),
  new core.AbortedError("x", "not-sent"),
  new core.DeliveryExpiredError("x", delivery),
  lost,
  new core.ConnectionLostError("x"),
  new core.ConnectionClosedError("x", "not-sent"),
  new core.RequestTimeoutError("x", 1),
  new core.StationUnavailableError("x", "orders"),
  new core.ThrottledError("x"),
  full,
  new core.StationNotFoundError("orders"),
  new core.StationConflictError("x", "orders"),
  new core.ResourceLimitError("x"),
  new core.JetStreamDisabledError("x"),
  new core.PermissionDeniedError("publish", "x"),
  new core.UnexpectedAckError("x"),
  new core.BrokerError("x"),
  new core.UnexpectedError("x"),
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
    expect(String(error)).toBe(`${name}: ${error.message}`);
    const fields = JSON.parse(JSON.stringify(error)) as Record<string, unknown>;
    expect(Object.keys(fields).sort()).toEqual(Object.keys(error).sort());
    expect(fields).toMatchObject({ code: error.code, retryable: error.retryable, outcome: error.outcome });
  });
});

describe("the README's table of errors", () => {
  it("has a row for each, and no other", () => {
    expect([...rows.keys()].sort()).toEqual(met.map(({ name }) => name).sort());
  });

  it.each(met.map((error) => [error.name, error] as const))("is right about %s", (name, error) => {
    const [code, retryable, outcome] = rows.get(name) ?? [];
    expect(code).toBe(`\`${error.code}\``);
    if (retryable !== "see below") expect(retryable).toBe(error.retryable ? "yes" : "no");
    if (outcome !== "see below") expect(outcome?.split(", ")).toContain(`\`${error.outcome}\``);
  });
});

describe("DeliveryError and MultiStationError", () => {
  const refused = new core.UsageError("x");
  const throttled = new core.ThrottledError("x");

  it.each<[core.StationkitError[], string, boolean]>([
    [[lost], "unknown", true],
    [[full, lost], "unknown", true],
    [[full, refused], "rejected", false],
    [[refused], "not-sent", false],
    [[throttled, full], "rejected", true],
  ])("promise no more than the worst of their failures (%#)", (errors, outcome, retryable) => {
    const failed = errors.map(failureOf);
    expect(new exported.DeliveryError(failed, failed.length)).toMatchObject({ outcome, retryable });
    const stations = errors.map((error) => ({ station: "b", error }));
    expect(new exported.MultiStationError([], stations)).toMatchObject({ outcome, retryable });
  });

  it("name what failed, with the first failure as the cause", () => {
    const error = new exported.MultiStationError([ack], [{ station: "b", error: full }]);
    expect(error.message).toBe("1 of 2 stations failed: b (full)");
    expect(error.cause).toBe(full);
    expect(new exported.DeliveryError([failureOf(full)], 2).message).toBe(
      "2 messages were not acknowledged; the first: full",
    );
  });
});
