import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import * as exported from "./index.js";

type ErrorClass = typeof exported.PartitionError;

const classes = Object.entries(exported).filter(
  (entry): entry is [string, ErrorClass] =>
    typeof entry[1] === "function" && (entry[1] as { prototype?: unknown }).prototype instanceof Error,
);
const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");

describe("the errors among the exports", () => {
  it("are found, each with a code of its own", () => {
    expect(classes.map(([name]) => name)).toEqual(["PartitionError"]);
    const codes = classes.map(([, Class]) => new Class("", { reason: "empty-list" }).code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each(classes)("%s is named, classified and listed in the README", (name, Class) => {
    const error = new Class("what happened", { reason: "not-in-list", partition: 9, partitions: [1, 2] });
    expect(error).toBeInstanceOf(RangeError);
    expect(error.name).toBe(name);
    expect(Object.keys(error)).not.toContain("name");
    expect(String(error)).toBe(`${name}: what happened`);
    expect(error.code).toMatch(/^SK_[A-Z_]+$/);
    expect(error).toMatchObject({ retryable: false, outcome: "not-sent" });
    expect(readme).toContain(`\`${name}\``);
    expect(readme).toContain(`\`${error.code}\``);
  });

  it.each(classes)("%s has fields that survive JSON", (_, Class) => {
    const error = new Class("", { reason: "not-in-list", partition: 9, partitions: [1, 2], station: "orders" });
    expect(JSON.parse(JSON.stringify(error))).toEqual(Object.fromEntries(Object.entries(error)));
  });

  it("lists every reason in the README", () => {
    const reasons: Record<exported.PartitionErrorReason, true> = {
      "not-in-list": true,
      "empty-list": true,
      "invalid-key": true,
      "invalid-option": true,
      "partitioner-threw": true,
    };
    for (const reason of Object.keys(reasons)) expect(readme).toContain(`\`"${reason}"\``);
  });
});

describe("PartitionError", () => {
  it("is told apart from other errors and from objects that look like it", () => {
    const error = new exported.PartitionError("", { reason: "empty-list" });
    expect(exported.PartitionError.is(error)).toBe(true);
    for (const other of [
      new RangeError(),
      Object.fromEntries(Object.entries(error)),
      null,
      undefined,
      "PartitionError",
    ]) {
      expect(exported.PartitionError.is(other)).toBe(false);
    }
  });

  it("is known across two copies of the package", async () => {
    const path = "./partition-error.js?second-copy";
    const copy = (await import(/* @vite-ignore */ path)) as typeof exported;
    const error = new copy.PartitionError("", { reason: "empty-list" });
    expect(error).not.toBeInstanceOf(exported.PartitionError);
    expect(exported.PartitionError.is(error)).toBe(true);
  });

  it("has a cause only where one was given", () => {
    expect("cause" in new exported.PartitionError("", { reason: "empty-list" })).toBe(false);
    expect(new exported.PartitionError("", { reason: "partitioner-threw", cause: undefined })).toHaveProperty("cause");
  });

  it("copies the list, which may change later", () => {
    const partitions = [1, 2];
    const error = new exported.PartitionError("", { reason: "not-in-list", partitions });
    partitions.push(3);
    expect(error.partitions).toEqual([1, 2]);
  });
});
