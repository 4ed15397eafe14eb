import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type Authenticator, credsAuthenticator, nkeyAuthenticator } from "@nats-io/nats-core";
import { UsageError } from "../errors/usage-errors.js";

const encoder = new TextEncoder();

/** @throws {UsageError} when it is not a seed. Without this check nats.js finds out in the middle of the login. */
export function requireSeed(option: string, seed: string): void {
  try {
    nkeyAuthenticator(encoder.encode(seed))("nonce");
  } catch (cause) {
    throw new UsageError(`${option} is not the seed of an nkey (SU…)`, { cause });
  }
}

/** @throws {UsageError} when it is not the text of a credentials file. */
export function requireCreds(option: string, creds: string): void {
  try {
    credsAuthenticator(encoder.encode(creds))("nonce");
  } catch (cause) {
    throw new UsageError(`${option} is not a credentials file with a JWT and a seed`, { cause });
  }
}

/**
 * Logs in with what the file holds at that moment, so that a renewed one is used at the next reconnect; while it cannot be read
 * then, with what it held last, because an authenticator that throws ends a nats.js connection.
 * @throws {UsageError} when the file cannot be read now.
 */
export async function credsFileAuthenticator(path: string): Promise<Authenticator> {
  const current = await readSecret("credsFile", path);
  requireCreds("credsFile", current.toString());
  let last: Uint8Array = current;
  return credsAuthenticator(() => (last = tryRead(path) ?? last));
}

/** @throws {UsageError} when the file cannot be read. */
export async function readSecret(option: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new UsageError(`${option} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function tryRead(path: string): Uint8Array | undefined {
  try {
    const text = readFileSync(path);
    requireCreds("credsFile", text.toString());
    return text;
  } catch {
    // Gone, or half written just now: the server decides whether the last one is still good.
    return undefined;
  }
}
