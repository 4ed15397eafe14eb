import { expect, it } from "vitest";
import { withoutCredentials } from "./http-download.js";
import { findChecksum } from "./release-download.js";

it("finds a file's checksum in both styles of sha256sum, and nothing in what is none", () => {
  const sums = `${"A".repeat(64)}  a.tar.gz\n${"b".repeat(64)} *b.tar.gz\n${"c".repeat(63)}  c.tar.gz\n`;
  expect(findChecksum(sums, "a.tar.gz")).toBe("a".repeat(64));
  expect(findChecksum(sums, "b.tar.gz")).toBe("b".repeat(64));
  expect(findChecksum(sums, "c.tar.gz")).toBeUndefined();
  expect(findChecksum(sums, "tar.gz")).toBeUndefined();
});

it("shows addresses without user and password", () => {
  expect(withoutCredentials("https://user:pass@mirror.example/x")).toBe("https://mirror.example/x");
  expect(withoutCredentials("mirror")).toBe("(not a URL)");
});
