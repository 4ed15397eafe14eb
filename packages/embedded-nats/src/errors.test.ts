import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as exported from "./index.js";

const samples = [
  new exported.BinaryNotFoundError("2.10.x", [{ source: "PATH", reason: "none" }], { cause: new Error("why") }),
  new exported.ChecksumMismatchError("https://mirror.example/x", "aa", "bb"),
  new exported.DownloadError("https://mirror.example/x", "HTTP 404", { status: 404, cause: new Error("why") }),
  new exported.InvalidOptionsError("port", "expected an integer"),
  new exported.ReloadError("refused", ["a line"]),
  new exported.ServerStateError("pause", "no process runs"),
  new exported.StartError("ended", { binary: "/x", exitCode: 1, logTail: ["a line"], cause: undefined }),
];

describe("errors", () => {
  it("are all covered by the table below", () => {
    const classes = Object.values(exported).filter(
      (value) => typeof value === "function" && value.prototype instanceof exported.EmbeddedNatsError,
    );
    expect(new Set(samples.map(({ constructor }) => constructor))).toEqual(new Set(classes));
    expect(new Set(samples.map(({ code }) => code)).size).toBe(samples.length);
  });

  it.each(samples.map((error) => [error.constructor.name, error] as const))(
    "%s has name, brand, code and JSON",
    (name, error) => {
      expect(error.name).toBe(name);
      expect(Object.keys(error)).not.toContain("name");
      expect(exported.EmbeddedNatsError.is(error)).toBe(true);
      const fields = Object.entries(error).filter(([, value]) => value !== undefined);
      expect(JSON.parse(JSON.stringify(error))).toEqual(Object.fromEntries(fields));
      expect(Object.fromEntries(fields)).toMatchObject({ code: error.code, retryable: error.retryable });
      const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
      expect(readme).toMatch(new RegExp(`^\\| \`${name}\` +\\| \`${error.code}\` +\\|`, "m"));
    },
  );

  it("are told apart from others", () => {
    expect(exported.EmbeddedNatsError.is(new Error("x"))).toBe(false);
    expect(exported.EmbeddedNatsError.is(undefined)).toBe(false);
  });

  it("of the start can be retried when the port was taken", () => {
    const logTail = ["[FTL] Error listening on port: 127.0.0.1:1, listen tcp: bind: address already in use"];
    expect(new exported.StartError("ended", { binary: "/x", exitCode: 1, logTail }).retryable).toBe(true);
  });
});
