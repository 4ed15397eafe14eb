import { nkeys } from "@nats-io/nats-core";
import { describe, expect, it } from "vitest";
import { UsageError } from "../errors/usage-errors.js";
import { resolveAuthentication } from "./authentication.js";

const seed = new TextDecoder().decode(nkeys.createUser().getSeed());
const creds = `-----BEGIN NATS USER JWT-----\njwt\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`;
const authenticator = (): undefined => undefined;

describe("resolveAuthentication", () => {
  it.each([
    ["none", {}, {}],
    ["password", { username: "u", password: "p" }, { username: "u", logins: ["u"], password: "p" }],
    ["password", { username: "u" }, { username: "u", logins: ["u"], password: undefined }],
    ["password", { username: "u", password: "" }, { password: "" }],
    ["password", { username: "u", password: "p", accountId: 7 }, { username: "u", logins: ["u$7", "u"] }],
    ["password", { servers: "nats://u:p@a" }, { username: "u", logins: ["u"], password: "p" }],
    ["token", { token: "t" }, { token: "t" }],
    ["token", { connectionToken: "t" }, { token: "t" }],
    ["token", { username: "root", connectionToken: "t" }, { token: "t", username: "root" }],
    ["token", { servers: "nats://t@a" }, { token: "t" }],
    ["nkey", { nkeySeed: seed }, { seed }],
    ["jwt", { jwt: "j", nkeySeed: seed }, { jwt: "j", seed }],
    ["jwt", { jwt: "j" }, { jwt: "j", seed: undefined }],
    ["creds", { creds }, { creds }],
    ["creds-file", { credsFile: "user.creds" }, { path: "user.creds" }],
    ["authenticator", { authenticator }, { authenticator }],
  ])("finds %s in %o", (type, options, rest) => {
    expect(resolveAuthentication(options)).toMatchObject({ type, ...rest });
  });

  it.each([
    { username: "u", token: "t" },
    { token: "t", connectionToken: "t" },
    { username: "u", password: "p", connectionToken: "t" },
    { token: "t", nkeySeed: seed },
    { nkeySeed: seed, creds },
    { creds, credsFile: "user.creds" },
    { jwt: "j", credsFile: "user.creds" },
    { authenticator, token: "t" },
    { username: "u", servers: "nats://v:p@a" },
    { token: "t", servers: "nats://v:p@a" },
  ])("refuses two ways at once: case %#", (options) => {
    expect(() => resolveAuthentication(options)).toThrow(/give one login, not .+ and /);
  });

  it.each([
    { password: "p" },
    { accountId: 1 },
    { password: "p", token: "t" },
    { password: "p", servers: "nats://u:p@a" },
  ])("refuses half a way: %o", (options) => {
    expect(() => resolveAuthentication(options)).toThrow("need a username");
  });

  it("refuses secrets that cannot be read, before anything is dialled", () => {
    expect(() => resolveAuthentication({ nkeySeed: "SUNOTASEED" })).toThrow(UsageError);
    expect(() => resolveAuthentication({ jwt: "j", nkeySeed: "x" })).toThrow("nkeySeed is not the seed");
    expect(() => resolveAuthentication({ creds: "x" })).toThrow("creds is not a credentials file");
    expect(() => resolveAuthentication({ creds: creds.replace(seed, "SUx") })).toThrow(UsageError);
  });
});
