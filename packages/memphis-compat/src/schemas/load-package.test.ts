import { describe, expect, it } from "vitest";
import { loadPackage } from "./load-package.js";

describe("a package that is not installed", () => {
  it("is asked for by name, with the command that brings it", async () => {
    const missing = Object.assign(new Error("Cannot find package 'avsc'"), { code: "ERR_MODULE_NOT_FOUND" });
    await expect(loadPackage(["avsc"], () => Promise.reject(missing))).rejects.toThrow(
      "install avsc beside @stationkit/memphis-compat: npm install avsc",
    );
  });

  it("is not mistaken for one that is broken", async () => {
    await expect(loadPackage(["avsc"], () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  });
});
