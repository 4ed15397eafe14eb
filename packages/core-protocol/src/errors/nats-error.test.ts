import { errors } from "@nats-io/nats-core";
import { describe, expect, it } from "vitest";
import type { ErrorContext } from "./api-error.js";
import { toStationkitError } from "./nats-error.js";
import { UsageError } from "./usage-errors.js";

const request = (cause: Error): Error => new errors.RequestError(cause.message, { cause });
const node = (code: string, message = "failed"): Error => Object.assign(new Error(message), { code });

type Row = [error: unknown, name: string, outcome: string, retryable: boolean, context?: ErrorContext];

const rows: Row[] = [
  [new errors.AuthorizationError("Authorization Violation"), "AuthenticationError", "not-sent", false],
  [new errors.UserAuthenticationExpiredError("expired"), "AuthenticationError", "not-sent", false],
  [new errors.PermissionViolationError("no", "publish", "a"), "PermissionDeniedError", "rejected", false],
  [request(new errors.PermissionViolationError("no", "publish", "a")), "PermissionDeniedError", "rejected", false],
  [new errors.TimeoutError(), "RequestTimeoutError", "unknown", true, { subject: "a", timeoutMs: 7 }],
  [new errors.TimeoutError(), "ConnectionFailedError", "not-sent", true, { servers: ["a:1"], timeoutMs: 7 }],
  [new errors.NoRespondersError("a"), "BrokerError", "rejected", true],
  [request(new errors.NoRespondersError("a")), "BrokerError", "rejected", true],
  [new errors.ClosedConnectionError(), "ConnectionClosedError", "not-sent", false],
  [new errors.DrainingConnectionError(), "ConnectionClosedError", "not-sent", false],
  [request(new errors.RequestError("connection closed")), "ConnectionClosedError", "unknown", false],
  [new errors.RequestError("connection disconnected"), "ConnectionLostError", "unknown", true],
  [new errors.ConnectionError("connection refused"), "ConnectionFailedError", "not-sent", true],
  [new errors.ConnectionError("x", { cause: node("ECONNREFUSED") }), "ConnectionFailedError", "not-sent", true],
  [new errors.ConnectionError("x", { cause: node("ERR_OSSL_PEM_NO_START_LINE") }), "TlsError", "not-sent", false],
  [new errors.ConnectionError("server does not support 'tls'"), "TlsError", "not-sent", false],
  [errors.InvalidArgumentError.format("tls", "is not available"), "TlsError", "not-sent", false],
  [
    errors.InvalidArgumentError.format("payload", "max_payload size exceeded"),
    "PayloadTooLargeError",
    "not-sent",
    false,
  ],
  [new errors.InvalidArgumentError("bad"), "UsageError", "not-sent", false],
  [new errors.InvalidOperationError("bad"), "UsageError", "not-sent", false],
  [new errors.InvalidSubjectError("a b"), "UsageError", "not-sent", false],
  [new errors.ProtocolError("Stale Connection"), "BrokerError", "rejected", false],
  ...[
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ETIMEDOUT",
    "EPIPE",
    "EADDRNOTAVAIL",
  ].map((code): Row => [node(code), "ConnectionFailedError", "not-sent", true]),
  ...[
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
    "EPROTO",
    "CERT_HAS_EXPIRED",
    "CERT_UNTRUSTED",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "INVALID_CA",
    "HOSTNAME_MISMATCH",
    "ERROR_IN_CERT_NOT_AFTER_FIELD",
  ].map((code): Row => [node(code), "TlsError", "not-sent", false]),
  [node("EWHATEVER"), "UnexpectedError", "unknown", false],
  [new Error("plain"), "UnexpectedError", "unknown", false],
  ["text", "UnexpectedError", "unknown", false],
  [undefined, "UnexpectedError", "unknown", false],
  [Object.create(null), "UnexpectedError", "unknown", false],
];

const title = (error: unknown): string =>
  error instanceof Error ? `${error.name} ${(error as { code?: string }).code ?? error.message}` : typeof error;

describe("toStationkitError", () => {
  it.each(rows.map((row) => [title(row[0]), row] as const))(
    "%s",
    (_title, [error, name, outcome, retryable, context]) => {
      const mapped = toStationkitError(error, context);
      expect(mapped).toMatchObject({ name, outcome, retryable });
      expect(mapped.message).not.toBe("");
      if (error !== undefined) expect(mapped.cause).toBeDefined();
    },
  );

  it("has a row for every error class of nats.js", () => {
    const tested = new Set(rows.map(([error]) => (error as { constructor?: unknown } | undefined)?.constructor));
    for (const errorClass of Object.values(errors)) expect(tested).toContain(errorClass);
  });

  it("returns an error of this stack as it is", () => {
    const error = new UsageError("mine");
    expect(toStationkitError(error, { subject: "a" })).toBe(error);
  });

  it("knows an error of another copy of nats.js by its name", () => {
    class TimeoutError extends Error {
      override readonly name = "TimeoutError";
    }
    class RequestError extends Error {
      override readonly name = "RequestError";
    }
    class PermissionViolationError extends Error {
      override readonly name = "PermissionViolationError";
      readonly operation = "subscription";
      readonly subject = "_INBOX.x";
    }
    const timeout = toStationkitError(new TimeoutError("timeout"), { subject: "a", timeoutMs: 9 });
    expect(timeout).toMatchObject({ code: "SK_REQUEST_TIMEOUT", subject: "a", timeoutMs: 9 });
    const denied = new RequestError("x", { cause: new PermissionViolationError("no") });
    expect(toStationkitError(denied)).toMatchObject({
      code: "SK_PERMISSION_DENIED",
      operation: "subscription",
      subject: "_INBOX.x",
    });
  });

  it("names where nothing could be reached", () => {
    const error = toStationkitError(node("ECONNREFUSED"), { servers: ["a:1", "b:2"] });
    expect(error.message).toBe("cannot connect to a:1, b:2: failed");
    expect(error).toMatchObject({ servers: ["a:1", "b:2"] });
  });
});
