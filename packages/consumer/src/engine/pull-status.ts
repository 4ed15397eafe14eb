/** What a message without payload from the server says about a pull request. */
export type PullStatus =
  /** The server is there, and has nothing. */
  | { readonly type: "alive" }
  /** The request is over; so many of its messages and bytes will not come. */
  | { readonly type: "ended"; readonly messages: number; readonly bytes: number }
  /** As `ended`, since the next message is larger than the bytes that were left. */
  | { readonly type: "too-large"; readonly messages: number; readonly bytes: number }
  /** All requests of this durable are over: its leader has changed, or its server stops. */
  | { readonly type: "moved" }
  /** All requests are over: the durable is gone, or nobody answers for it. */
  | { readonly type: "gone" }
  /** Another member holds the partition. */
  | { readonly type: "not-owner" }
  /** The server refuses requests like this. */
  | { readonly type: "refused"; readonly code: number; readonly description: string };

/** The parts of a status message, as nats.js gives them. */
export interface StatusHeaders {
  readonly code: number;
  readonly description: string;
  get(name: string): string;
}

/** @see nats-server server/consumer.go, `processNextMsgRequest` and `getNextMsg` for the texts. */
export function readPullStatus(headers: StatusHeaders | undefined): PullStatus {
  if (headers === undefined) return { type: "alive" };
  const { code, description } = headers;
  const rest = { messages: count(headers, "Nats-Pending-Messages"), bytes: count(headers, "Nats-Pending-Bytes") };
  switch (code) {
    case 100:
      return { type: "alive" };
    case 404:
    case 408:
      return { type: "ended", ...rest };
    case 409:
      return readConflict(description, rest) ?? { type: "refused", code, description };
    case 423:
      return { type: "not-owner" };
    case 503:
      return { type: "gone" };
    default:
      return { type: "refused", code, description };
  }
}

function readConflict(description: string, rest: { messages: number; bytes: number }): PullStatus | undefined {
  if (/exceeds maxbytes/i.test(description)) return { type: "too-large", ...rest };
  if (/batch completed/i.test(description)) return { type: "ended", ...rest };
  if (/consumer deleted/i.test(description)) return { type: "gone" };
  if (/leadership change|server shutdown/i.test(description)) return { type: "moved" };
  return undefined;
}

/** Infinity where the server does not say: then all of it. */
function count(headers: StatusHeaders, name: string): number {
  const text = headers.get(name);
  return text === "" ? Number.POSITIVE_INFINITY : Number(text);
}
