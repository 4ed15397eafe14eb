import { describe, expect, it } from "vitest";
import { classifyRefusal } from "./refusal.js";

describe("classifyRefusal", () => {
  it.each([
    [{ code: 400, err_code: 10205 }, "unavailable"],
    [{ code: 400, err_code: 10206 }, "unavailable"],
    [{ code: 400, err_code: 10207 }, "unavailable"],
    [{ code: 400, err_code: 10209 }, "unavailable"],
    [{ code: 400, err_code: 10208 }, "gone"],
    [{ code: 429, err_code: 10211 }, "crowded"],
    [{ code: 503 }, "unheard"],
    [{ code: 503, err_code: 10077 }, "message"],
    [{ code: 429, err_code: 10167 }, "message"],
    [{}, "message"],
  ] as const)("takes %j for: %s", (error, kind) => {
    expect(classifyRefusal(error)).toBe(kind);
  });
});
