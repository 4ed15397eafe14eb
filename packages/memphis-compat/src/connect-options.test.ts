import { UsageError } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { type ConnectOptions, resolveConnectOptions } from "./connect-options.js";

const resolve = (options: Partial<ConnectOptions> = {}): ReturnType<typeof resolveConnectOptions> =>
  resolveConnectOptions({ host: "h", username: "root", ...options });

describe("a connection in memphis-dev's words", () => {
  it("has memphis-dev's defaults", () => {
    expect(resolve({ password: "p" })).toEqual({
      ...{ port: 6666, accountId: 1, suppressLogs: false },
      native: {
        ...{ host: "h", port: 6666, username: "root", password: "p", accountId: 1 },
        ...{ reconnect: true, maxReconnect: -1, reconnectIntervalMs: 1_500, timeoutMs: 2_000 },
        controlPlane: "auto",
      },
    });
  });

  it("takes empty texts for nothing, as memphis-dev's own defaults are", () => {
    const { native } = resolve({ connectionToken: "t", password: "", keyFile: "", certFile: "", caFile: "" });
    expect(native).toMatchObject({ connectionToken: "t" });
    for (const key of ["password", "accountId", "keyFile", "certFile", "caFile"])
      expect(native).not.toHaveProperty(key);
  });

  it("takes an account id and a port as text, as memphis-dev does", () => {
    expect(resolve({ password: "p", accountId: "7" as never }).accountId).toBe(7);
    expect(resolve({ password: "p", port: "4222" as never }).native.port).toBe(4222);
  });

  it("reconnects as often as it is told", () => {
    expect(resolve({ password: "p", maxReconnect: 40 }).native.maxReconnect).toBe(40);
  });

  it.each<[Partial<ConnectOptions>, RegExp]>([
    [{}, /password, connectionToken or a client certificate is missing/],
    [{ password: "p", connectionToken: "t" }, /not both/],
    [{ password: "p", host: "" }, /host is missing/],
    [{ password: "p", hots: "x" } as never, /unknown option hots/],
  ])("is refused before anything is dialled: %j", (options, message) => {
    expect(() => resolve(options)).toThrow(UsageError);
    expect(() => resolve(options)).toThrow(message);
  });
});
