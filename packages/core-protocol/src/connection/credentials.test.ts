import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nkeys } from "@nats-io/nats-core";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "../errors/usage-errors.js";
import { credsFileAuthenticator } from "./credentials.js";

const directory = mkdtempSync(join(tmpdir(), "core-protocol-credentials-"));

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function credsOf(jwt: string): string {
  const seed = new TextDecoder().decode(nkeys.createUser().getSeed());
  return `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`;
}

describe("a credentials file", () => {
  it("is read again for every login, and the last good one kept while it cannot be read", async () => {
    const path = join(directory, "user.creds");
    writeFileSync(path, credsOf("first"));
    const authenticator = await credsFileAuthenticator(path);
    expect(authenticator("nonce")).toMatchObject({ jwt: "first" });
    writeFileSync(path, credsOf("renewed"));
    expect(authenticator("nonce")).toMatchObject({ jwt: "renewed" });
    writeFileSync(path, "half writ");
    expect(authenticator("nonce")).toMatchObject({ jwt: "renewed" });
    rmSync(path);
    expect(authenticator("nonce")).toMatchObject({ jwt: "renewed" });
  });

  it("has to be there, and whole, for the first login", async () => {
    const path = join(directory, "broken.creds");
    await expect(credsFileAuthenticator(path)).rejects.toThrow(UsageError);
    writeFileSync(path, "half writ");
    await expect(credsFileAuthenticator(path)).rejects.toThrow("credsFile is not a credentials file");
  });
});
