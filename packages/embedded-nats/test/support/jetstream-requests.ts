import { connect, type ConnectionOptions, headers } from "@nats-io/transport-node";
import { vi } from "vitest";

// The JetStream API by plain requests: this package's tests need no client library above the connection.

interface Refusal {
  readonly error?: { readonly code: number; readonly description: string };
}

/**
 * Every request here may be repeated, so it is, as by any client: a machine with too much to do may leave one unanswered, or hold an
 * election at any time (503). A refusal is one at once.
 */
async function ask<T>(options: ConnectionOptions, subject: string, body: object | string, id?: string): Promise<T> {
  const payload = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await vi.waitFor(
    async () => {
      const connection = await connect({ ...options, timeout: 5_000 });
      try {
        const requestHeaders = headers();
        if (id !== undefined) requestHeaders.set("Nats-Msg-Id", id);
        const message = await connection.request(subject, payload, { timeout: 5_000, headers: requestHeaders });
        const parsed = message.json<T & Refusal>();
        if (parsed.error?.code === 503) throw new Error(`${subject}: ${parsed.error.description}`);
        return parsed;
      } finally {
        await connection.close();
      }
    },
    { timeout: 20_000, interval: 100 },
  );
  if (answer.error !== undefined) throw new Error(`${subject}: ${answer.error.description}`);
  return answer;
}

export async function makeStream(url: string, name: string, replicas = 1): Promise<void> {
  const config = { name, subjects: [name], storage: "file", retention: "limits", num_replicas: replicas };
  await ask({ servers: url }, `$JS.API.STREAM.CREATE.${name}`, config);
}

/** Resolves when every message is acknowledged. */
export async function publish(url: string, stream: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await ask({ servers: url }, stream, `message ${index}`, `${index}`);
  }
}

export async function storedCount(url: string, stream: string): Promise<number> {
  const info = await ask<{ state: { messages: number } }>({ servers: url }, `$JS.API.STREAM.INFO.${stream}`, "");
  return info.state.messages;
}

export async function listStreams(url: string): Promise<string[]> {
  return (await ask<{ streams: string[] | null }>({ servers: url }, "$JS.API.STREAM.NAMES", "")).streams ?? [];
}
