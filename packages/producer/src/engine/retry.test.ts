import { SERVER_ERROR } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { backoffMs, isCoveredByDuplicateWindow, judgeRefusal } from "./retry.js";

describe("judgeRefusal", () => {
  it.each([
    ["nobody listens", { code: 503 }, "again", false, "SK_STATION_UNAVAILABLE"],
    ["no leader", { code: 503, err_code: SERVER_ERROR.clusterUnavailable }, "again", false, "SK_STATION_UNAVAILABLE"],
    [
      "not the leader",
      { code: 500, err_code: SERVER_ERROR.clusterNotLeader },
      "again",
      false,
      "SK_STATION_UNAVAILABLE",
    ],
    ["too many requests", { code: 429, err_code: SERVER_ERROR.tooManyRequests }, "again", true, "SK_THROTTLED"],
    ["a repeat of what is being stored", { code: 409, err_code: 10158 }, "again", false, "SK_STATION_UNAVAILABLE"],
    ["a bare 429", { code: 429 }, "again", true, "SK_THROTTLED"],
    [
      "a full station",
      { code: 503, err_code: SERVER_ERROR.storeFailed, description: "maximum messages exceeded" },
      "never",
      false,
      "SK_STATION_FULL",
    ],
    ["a full disk", { code: 500, err_code: SERVER_ERROR.storageExceeded }, "never", false, "SK_RESOURCE_LIMIT"],
    ["too large", { code: 400, err_code: SERVER_ERROR.messageTooLarge }, "never", false, "SK_PAYLOAD_TOO_LARGE"],
    ["no such stream", { code: 404, err_code: SERVER_ERROR.streamNotFound }, "never", false, "SK_STATION_NOT_FOUND"],
    [
      "another stream",
      { code: 400, err_code: SERVER_ERROR.expectedStreamMismatch },
      "never",
      false,
      "SK_STATION_CONFLICT",
    ],
    [
      "JetStream off",
      { code: 503, err_code: SERVER_ERROR.jetStreamNotEnabled },
      "never",
      false,
      "SK_JETSTREAM_DISABLED",
    ],
    ["an unknown 400", { code: 400, err_code: 99_999 }, "never", false, "SK_BROKER"],
    ["an error that says nothing", {}, "never", false, "SK_BROKER"],
  ])("%s", (_, body, retry, throttled, code) => {
    expect(judgeRefusal(body, "orders")).toMatchObject({ retry, throttled, error: { code, outcome: "rejected" } });
  });
});

describe("backoffMs", () => {
  const limits = { retryDelayMs: 50, maxRetryDelayMs: 2_000 };

  it.each([
    [1, 25, 50],
    [2, 50, 100],
    [3, 100, 200],
    [6, 800, 1_600],
    [7, 1_000, 2_000],
    [1_000, 1_000, 2_000],
  ])("after %i failures lies between %i and %i ms", (failures, least, most) => {
    expect(backoffMs(failures, limits, () => 0)).toBe(least);
    expect(backoffMs(failures, limits, () => 1)).toBe(most);
    const random = backoffMs(failures, limits);
    expect(random >= least && random <= most).toBe(true);
  });
});

describe("isCoveredByDuplicateWindow", () => {
  it("leaves a tenth of the window as a margin", () => {
    expect(isCoveredByDuplicateWindow(1_000, 1_000, 100)).toBe(true);
    expect(isCoveredByDuplicateWindow(1_000, 1_089, 100)).toBe(true);
    expect(isCoveredByDuplicateWindow(1_000, 1_090, 100)).toBe(false);
    expect(isCoveredByDuplicateWindow(1_000, 1_000, 0)).toBe(false);
  });
});
