import { describe, expect, it } from "vitest";
import { apiErrorToStationkitError, isTransientApiError, SERVER_ERROR } from "./api-error.js";

type Row = [name: keyof typeof SERVER_ERROR, code: number, className: string, errorCode: string, retryable: boolean];

const rows: Row[] = [
  ["accountResourcesExceeded", 400, "ResourceLimitError", "SK_RESOURCE_LIMIT", false],
  ["clusterUnavailable", 503, "StationUnavailableError", "SK_STATION_UNAVAILABLE", true],
  ["clusterNotLeader", 500, "StationUnavailableError", "SK_STATION_UNAVAILABLE", true],
  ["insufficientResources", 503, "ResourceLimitError", "SK_RESOURCE_LIMIT", false],
  ["maximumStreams", 400, "ResourceLimitError", "SK_RESOURCE_LIMIT", false],
  ["memoryExceeded", 500, "ResourceLimitError", "SK_RESOURCE_LIMIT", false],
  ["jetStreamNotEnabledForAccount", 503, "JetStreamDisabledError", "SK_JETSTREAM_DISABLED", false],
  ["storageExceeded", 500, "ResourceLimitError", "SK_RESOURCE_LIMIT", false],
  ["messageTooLarge", 400, "PayloadTooLargeError", "SK_PAYLOAD_TOO_LARGE", false],
  ["streamNameInUse", 400, "StationConflictError", "SK_STATION_CONFLICT", false],
  ["streamNotFound", 404, "StationNotFoundError", "SK_STATION_NOT_FOUND", false],
  ["expectedStreamMismatch", 400, "StationConflictError", "SK_STATION_CONFLICT", false],
  ["subjectOverlap", 400, "StationConflictError", "SK_STATION_CONFLICT", false],
  ["jetStreamNotEnabled", 503, "JetStreamDisabledError", "SK_JETSTREAM_DISABLED", false],
  ["storeFailed", 503, "BrokerError", "SK_BROKER", false],
  ["duplicateInProcess", 400, "StationUnavailableError", "SK_STATION_UNAVAILABLE", true],
  ["tooManyRequests", 429, "ThrottledError", "SK_THROTTLED", true],
  ["atomicPublishDisabled", 400, "BrokerError", "SK_BROKER", false],
  ["atomicBatchIncomplete", 400, "StationUnavailableError", "SK_STATION_UNAVAILABLE", true],
  ["atomicBatchHeaderUnsupported", 400, "BrokerError", "SK_BROKER", false],
  ["atomicBatchTooLarge", 400, "ResourceLimitError", "SK_RESOURCE_LIMIT", false],
  ["atomicBatchDuplicate", 400, "BrokerError", "SK_BROKER", false],
];

const about = (error: unknown): object => {
  const { name, code, retryable, outcome } = error as Record<string, unknown>;
  return { name, code, retryable, outcome };
};

describe("apiErrorToStationkitError", () => {
  it("has a row in this test for every number", () => {
    expect(rows.map(([name]) => name).sort()).toEqual(Object.keys(SERVER_ERROR).sort());
  });

  it.each(rows)("%s", (name, serverCode, className, code, retryable) => {
    const body = { code: serverCode, err_code: SERVER_ERROR[name], description: "the reason" };
    const error = apiErrorToStationkitError(body, { station: "orders" });
    expect(about(error)).toEqual({ name: className, code, retryable, outcome: "rejected" });
    if (name !== "streamNotFound") expect(error.message).toContain("the reason");
    if (name !== "messageTooLarge") expect(error).toMatchObject({ serverCode, serverErrorCode: SERVER_ERROR[name] });
    if (className.startsWith("Station")) expect(error).toMatchObject({ station: "orders" });
  });

  it.each([
    ["maximum messages exceeded", "StationFullError", true],
    ["maximum bytes exceeded", "StationFullError", true],
    ["maximum messages per subject exceeded", "StationFullError", true],
    ["write: no space left on device", "ResourceLimitError", false],
    ["insufficient resources", "ResourceLimitError", false],
    ["store is closed", "BrokerError", false],
  ])("tells a failed store by its text: %s", (description, name, retryable) => {
    for (const station of ["orders", "resource-per-subject", undefined]) {
      const body = { code: 503, err_code: SERVER_ERROR.storeFailed, description };
      const error = apiErrorToStationkitError(body, station === undefined ? {} : { station });
      expect(about(error)).toMatchObject({ name, retryable, outcome: "rejected" });
    }
  });

  it("falls back to the answer's code when its number is unknown", () => {
    const error = (code: number, station = "orders"): object =>
      about(apiErrorToStationkitError({ code, description: "x" }, { station }));
    expect(error(429)).toMatchObject({ name: "ThrottledError", retryable: true });
    expect(error(503)).toMatchObject({ name: "StationUnavailableError", retryable: true });
    expect(error(503, "")).toMatchObject({ name: "BrokerError", retryable: true });
    expect(error(400)).toMatchObject({ name: "BrokerError", retryable: false });
    expect(error(500)).toMatchObject({ name: "BrokerError", retryable: false });
  });

  it("does not invent a station where the caller knows none", () => {
    const body = { code: 404, err_code: SERVER_ERROR.streamNotFound, description: "stream not found" };
    expect(about(apiErrorToStationkitError(body))).toMatchObject({ name: "BrokerError" });
  });

  it("understands an answer that says nothing", () => {
    expect(apiErrorToStationkitError({}).message).toBe("no description");
  });
});

describe("isTransientApiError", () => {
  it.each([
    [{ code: 503, err_code: SERVER_ERROR.clusterUnavailable }, true],
    [{ code: 500, err_code: SERVER_ERROR.clusterNotLeader }, true],
    [{ code: 429, err_code: SERVER_ERROR.tooManyRequests }, true],
    [{ code: 400, err_code: SERVER_ERROR.duplicateInProcess }, true],
    [{ code: 429 }, true],
    [{ code: 503 }, true],
    [{ code: 503, err_code: SERVER_ERROR.storeFailed }, false],
    [{ code: 503, err_code: SERVER_ERROR.jetStreamNotEnabled }, false],
    [{ code: 404, err_code: SERVER_ERROR.streamNotFound }, false],
    [{}, false],
  ])("%o: %s", (body, transient) => {
    expect(isTransientApiError(body)).toBe(transient);
  });
});
