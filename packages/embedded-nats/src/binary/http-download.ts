import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { DownloadError } from "../errors.js";
import type { Deadline } from "../deadline.js";

// A machine without a way to the releases has to find out within seconds; one with a slow way may take the whole deadline.
const connectTimeoutMs = 4_000;
const answerTimeoutMs = 8_000;
const idleTimeoutMs = 15_000;

/**
 * Fetches one address into a file, through the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name.
 * @throws {DownloadError} in every case of failure, a body shorter than announced included.
 */
export async function downloadFile(url: string, file: string, deadline: Deadline): Promise<void> {
  const target = withoutCredentials(url);
  if (!/^https?:/.test(target)) throw new DownloadError(target, "expected an http or https address");
  // Loaded only here: a process that finds its binary never pays for it. Node 20's own fetch knows no proxy; undici's fetch
  // refuses addresses with a password and some ports, which a mirror may well have.
  const { EnvHttpProxyAgent, interceptors, request } = await import("undici");
  const agent = new EnvHttpProxyAgent({
    connect: { timeout: connectTimeoutMs },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: idleTimeoutMs,
  });
  const abort = new AbortController();
  const stop = (problem: string): void => {
    abort.abort(new Error(problem));
  };
  const whole = setTimeout(stop, deadline.remainingMs(), "the time limit passed");
  // headersTimeout starts only once the request is on the wire; a proxy that accepts and says nothing needs this one.
  const answerMs = connectTimeoutMs + answerTimeoutMs;
  const answer = setTimeout(stop, answerMs, `no answer within ${answerMs} ms`);
  try {
    const { statusCode, body } = await request(target, {
      // A redirect to another origin loses the authorization.
      dispatcher: agent.compose(interceptors.redirect({ maxRedirections: 5 })),
      signal: abort.signal,
      headers: authorization(url),
    });
    clearTimeout(answer);
    if (statusCode !== 200) {
      body.on("error", () => undefined).destroy();
      throw new DownloadError(target, `HTTP ${statusCode}`, { status: statusCode });
    }
    await pipeline(body, createWriteStream(file));
  } catch (error) {
    if (error instanceof DownloadError) throw error;
    throw new DownloadError(target, rootMessage(error), { cause: error });
  } finally {
    clearTimeout(whole);
    clearTimeout(answer);
    await agent.destroy();
  }
}

function authorization(url: string): Record<string, string> {
  const { username, password } = new URL(url);
  if (username === "" && password === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** The address without user and password, for messages. */
export function withoutCredentials(url: string): string {
  if (!URL.canParse(url)) return "(not a URL)";
  const parsed = new URL(url);
  parsed.username = "";
  parsed.password = "";
  return parsed.href;
}

/** undici wraps what happened ("terminated", several addresses tried); the innermost cause says it. */
function rootMessage(error: unknown): string {
  let innermost = error;
  for (;;) {
    const inner: unknown =
      innermost instanceof AggregateError ? innermost.errors[0] : (innermost as Error | undefined)?.cause;
    if (!(inner instanceof Error)) break;
    innermost = inner;
  }
  return innermost instanceof Error && innermost.message !== "" ? innermost.message : String(innermost);
}
