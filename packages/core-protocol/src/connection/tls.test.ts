import { describe, expect, it } from "vitest";
import { UsageError } from "../errors/usage-errors.js";
import { resolveTls, type TlsOptions } from "./tls.js";

describe("resolveTls", () => {
  it("is undefined when TLS was not asked for, and empty for the system's authorities", () => {
    expect(resolveTls({})).toBeUndefined();
    expect(resolveTls({ tls: false })).toBeUndefined();
    expect(resolveTls({ tls: true })).toEqual({});
    expect(resolveTls({ tls: {} })).toEqual({});
  });

  it.each([
    { caFile: "ca.pem", serverName: "a", handshakeFirst: true },
    { ca: "a", cert: "c", keyFile: "k" },
    { certFile: "c", key: "k", rejectUnauthorized: false },
  ])("takes %o as it is", (tls) => {
    expect(resolveTls({ tls })).toEqual(tls);
  });

  it("reads Memphis's three files, and leaves out empty ones", () => {
    expect(resolveTls({ certFile: "c", keyFile: "k", caFile: "a" })).toEqual({
      certFile: "c",
      keyFile: "k",
      caFile: "a",
    });
    expect(resolveTls({ caFile: "a" })).toEqual({ caFile: "a" });
    expect(resolveTls({ certFile: "", keyFile: "", caFile: "" })).toBeUndefined();
  });

  it.each([
    { tls: { ca: "a", caFile: "b" } },
    { tls: { cert: "a", certFile: "b", key: "c" } },
    { tls: { cert: "a", key: "b", keyFile: "c" } },
    { tls: { cert: "a" } },
    { tls: { keyFile: "a" } },
    { certFile: "a" },
    { caFile: "a", tls: false },
    { caFile: "a", tls: {} },
    { tls: { caPath: "a" } as TlsOptions },
    { tls: { ca: "" } },
    { tls: { serverName: 7 } as unknown as TlsOptions },
    { tls: { rejectUnauthorized: "no" } as unknown as TlsOptions },
    { tls: "yes" as unknown as boolean },
    { tls: null as unknown as boolean },
  ])("refuses %o", (options) => {
    expect(() => resolveTls(options)).toThrow(UsageError);
  });
});
