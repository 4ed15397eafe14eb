import { homedir } from "node:os";
import { describe, expect, it } from "vitest";
import { readEnvironment } from "./environment.js";
import { InvalidOptionsError } from "./errors.js";

describe("the environment", () => {
  it("has a default for everything", () => {
    expect(readEnvironment({})).toEqual({
      binary: undefined,
      version: undefined,
      download: undefined,
      downloadDir: `${homedir()}/.cache/nats-embedded`,
      downloadMirror: undefined,
      checksum: "strict",
      debug: false,
    });
  });

  it("puts the cache below XDG_CACHE_HOME, or where NATS_EMBEDDED_DOWNLOAD_DIR says", () => {
    expect(readEnvironment({ XDG_CACHE_HOME: "/c" }).downloadDir).toBe("/c/nats-embedded");
    expect(readEnvironment({ XDG_CACHE_HOME: "/c", NATS_EMBEDDED_DOWNLOAD_DIR: "/d" }).downloadDir).toBe("/d");
    expect(readEnvironment({ XDG_CACHE_HOME: "", NATS_EMBEDDED_BINARY: " " }).binary).toBeUndefined();
  });

  it.each([
    ["1", true],
    ["TRUE", true],
    ["on", true],
    ["yes", true],
    ["0", false],
    ["false", false],
    ["Off", false],
    ["no", false],
    ["", undefined],
  ])("reads NATS_EMBEDDED_DOWNLOAD=%s", (text, value) => {
    expect(readEnvironment({ NATS_EMBEDDED_DOWNLOAD: text }).download).toBe(value);
  });

  it("refuses what it does not understand", () => {
    expect(() => readEnvironment({ NATS_EMBEDDED_DOWNLOAD: "maybe" })).toThrow(InvalidOptionsError);
    expect(() => readEnvironment({ NATS_EMBEDDED_CHECKSUM: "warn" })).toThrow("NATS_EMBEDDED_CHECKSUM");
  });
});
