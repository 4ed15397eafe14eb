import { connect, type ConnectionOptions } from "@nats-io/transport-node";

// The JetStream API by plain requests: this package's tests need no client library above the connection.

async function ask<T>(options: ConnectionOptions, subject: string, body: object | string): Promise<T> {
  const connection = await connect({ ...options, timeout: 5_000 });
  try {
    const payload = typeof body === "string" ? body : JSON.stringify(body);
    const answer = (await connection.request(subject, payload, { timeout: 5_000 })).json<
      T & { error?: { description: string } }
    >();
    if (answer.error !== undefined) throw new Error(`${subject}: ${answer.error.description}`);
    return answer;
  } finally {
    await connection.close();
  }
}

export async function makeStream(url: string, name: string, replicas = 1): Promise<void> {
  const config = { name, subjects: [name], storage: "file", retention: "limits", num_replicas: replicas };
  await ask({ servers: url }, `$JS.API.STREAM.CREATE.${name}`, config);
}

/** Resolves when every message is acknowledged. */
export async function publish(url: string, stream: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await ask({ servers: url }, stream, `message ${index}`);
}

export async function storedCount(url: string, stream: string): Promise<number> {
  const info = await ask<{ state: { messages: number } }>({ servers: url }, `$JS.API.STREAM.INFO.${stream}`, "");
  return info.state.messages;
}

export async function listStreams(url: string): Promise<string[]> {
  return (await ask<{ streams: string[] | null }>({ servers: url }, "$JS.API.STREAM.NAMES", "")).streams ?? [];
}
