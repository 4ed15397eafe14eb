import { BrokerError, type MessageHeaders } from "@stationkit/core-protocol";

/** What sends requests to the JetStream API, and again where that helps. */
export interface Requests {
  request<Answer extends object>(operation: string, body?: object): Promise<Answer>;
}

/** A message as its stream holds it. */
export interface StoredMessage {
  readonly sequence: number;
  readonly headers: MessageHeaders;
  readonly data: Uint8Array;
  readonly storedAt: Date;
}

/** Which message of a stream to read: this one, or with `subject` the first one of it from there on. */
interface MessageRequest {
  readonly seq: number;
  readonly next_by_subj?: string;
}

interface MessageAnswer {
  readonly message: { readonly seq: number; readonly hdrs?: string; readonly data?: string; readonly time: string };
}

const NO_MESSAGE_FOUND = 10037;

/** @returns undefined when there is none. */
export async function readStoredMessage(
  requests: Requests,
  stream: string,
  request: MessageRequest,
): Promise<StoredMessage | undefined> {
  try {
    const { message } = await requests.request<MessageAnswer>(`STREAM.MSG.GET.${stream}`, request);
    return {
      sequence: message.seq,
      headers: parseHeaders(Buffer.from(message.hdrs ?? "", "base64").toString("utf8")),
      data: Buffer.from(message.data ?? "", "base64"),
      storedAt: new Date(message.time),
    };
  } catch (error) {
    if (error instanceof BrokerError && error.serverErrorCode === NO_MESSAGE_FOUND) return undefined;
    throw error;
  }
}

/** @param block - `NATS/1.0`, then a line per value. */
export function parseHeaders(block: string): MessageHeaders {
  const headers = new Map<string, string[]>();
  for (const line of block.split("\r\n").slice(1)) {
    const colon = line.indexOf(":");
    if (colon < 1) continue;
    const name = line.slice(0, colon);
    const values = headers.get(name) ?? [];
    headers.set(name, values);
    values.push(line.slice(colon + 1).trim());
  }
  return Object.fromEntries(
    [...headers].map(([name, values]) => [name, values.length === 1 ? values.join("") : values]),
  );
}
