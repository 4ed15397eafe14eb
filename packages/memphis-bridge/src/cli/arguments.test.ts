import { UsageError } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { type CommandArguments, parseArguments } from "./arguments.js";

const parse = (argv: string[], env: Record<string, string> = {}): CommandArguments => {
  const request = parseArguments(argv, env);
  if (typeof request === "string") throw new Error(`${request} was not asked for`);
  return request;
};

describe("the arguments of the command", () => {
  it("may be none: the NATS server of this machine", () => {
    expect(parse([])).toMatchObject({
      connect: { name: "memphis-bridge" },
      bridge: { sendNotifications: false, newSchemaVersions: "inactive" },
      quiet: false,
    });
  });

  it("name servers and a login, which the environment may do as well", () => {
    const expected = { servers: ["nats://a", "nats://b"], username: "u", password: "p" };
    const argv = ["--server", "nats://a", "--server", "nats://b", "--username", "u", "--password", "p"];
    expect(parse(argv).connect).toMatchObject(expected);
    const env = { NATS_URL: "nats://a, nats://b", NATS_USER: "u", NATS_PASSWORD: "p" };
    expect(parse([], env).connect).toMatchObject(expected);
    expect(parse(["--token", "t"], env).connect).toEqual({
      name: "memphis-bridge",
      servers: ["nats://a", "nats://b"],
      token: "t",
    });
    expect(parse([], { NATS_CREDS: "f" }).connect).toMatchObject({ credsFile: "f" });
  });

  it("may ask for a server of the command's own, on Memphis's port with Memphis's password", () => {
    const { connect, embedded } = parse(["--embedded"]);
    expect(connect).toBeUndefined();
    expect(embedded).toEqual({
      port: 6666,
      storeDir: undefined,
      login: { type: "users", users: new Map([["root", "memphis"]]) },
    });
  });

  it("give that server users, or one token", () => {
    const users = ["--root-password", "r", "--user", "a:b:c", "--user", "d:e"];
    expect(parse(["--embedded", ...users]).embedded.login).toEqual({
      type: "users",
      users: new Map([
        ["root", "r"],
        ["a", "b:c"],
        ["d", "e"],
      ]),
    });
    expect(parse(["--embedded"], { ROOT_PASSWORD: "w" }).embedded.login).toMatchObject({
      users: new Map([["root", "w"]]),
    });
    expect(parse(["--embedded", "--connection-token", "t"]).embedded.login).toEqual({ type: "token", token: "t" });
  });

  it("set the bridge up", () => {
    const argv = ["--replicas", "3", "--notifications", "--activate-schema-versions", "-q"];
    argv.push("--inbox-prefix", "_INBOX", "--inbox-prefix", "_R_");
    expect(parse(argv)).toMatchObject({
      bridge: {
        ...{ replicas: 3, sendNotifications: true, newSchemaVersions: "active" },
        inboxPrefixes: ["_INBOX", "_R_"],
      },
      quiet: true,
    });
  });

  it.each([["help"], ["version"]] as const)("may ask for %s alone", (word) => {
    expect(parseArguments([`--${word}`], {})).toBe(word);
  });

  it.each([
    [["--unknown"]],
    [["file"]],
    [["--embedded", "--token", "t"]],
    [["--port", "7"]],
    [["--embedded", "--port", "0"]],
    [["--embedded", "--port", "70000"]],
    [["--embedded", "--port", "1e3"]],
    [["--embedded", "--user", "name"]],
    [["--embedded", "--user", ":word"]],
    [["--embedded", "--user", "name:"]],
    [["--embedded", "--user", "NAME:word"]],
    [["--embedded", "--connection-token", "t", "--user", "a:b"]],
    [["--embedded", "--root-password", ""]],
    [["--embedded", "--connection-token", ""]],
    [["--inbox-prefix", "a b"]],
    [["--inbox-prefix", "_INBOX.>"]],
    [["--replicas", "x"]],
  ])("are refused: %j", (argv) => {
    expect(() => parseArguments(argv, {})).toThrow(UsageError);
  });
});
