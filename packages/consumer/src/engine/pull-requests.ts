import type { Connection, StreamName } from "@stationkit/core-protocol";
import type { AnswerWriter } from "./answer-writer.js";
import type { Inbox } from "./inbox.js";
import type { Pull } from "./pull-window.js";

/** One request for messages. */
export interface PullOptions {
  readonly expiresMs: number;
  /** Only what is there at once. */
  readonly noWait?: boolean;
}

/** What requests are written with. */
export interface PullRequestsParts {
  readonly connection: Connection;
  readonly inbox: Inbox;
  readonly writer: AnswerWriter;
  readonly heartbeatMs: number;
  readonly stream: StreamName;
  readonly durable: string;
  readonly partition: number;
}

const NANOSECONDS = 1_000_000;

/** Asks the server for messages of one partition. @see ADR-13 */
export class PullRequests {
  readonly #parts: PullRequestsParts;
  readonly #subject: string;

  constructor(parts: PullRequestsParts) {
    this.#parts = parts;
    this.#subject = `${parts.connection.jetStream.prefix}.CONSUMER.MSG.NEXT.${parts.stream}.${parts.durable}`;
  }

  /** @param fields - of the member of an exclusive group. @returns false when it could not be written: the connection is ending. */
  send({ messages, bytes }: Pull, { expiresMs, noWait }: PullOptions, fields: object | undefined): boolean {
    const { inbox, heartbeatMs, partition } = this.#parts;
    const request = {
      batch: messages,
      ...(bytes !== undefined && { max_bytes: bytes }),
      ...(noWait ? { no_wait: true } : { expires: expiresMs * NANOSECONDS }),
      ...(!noWait && expiresMs >= 2 * heartbeatMs && { idle_heartbeat: heartbeatMs * NANOSECONDS }),
      ...fields,
    };
    return this.#publish(request, inbox.replyOf(partition));
  }

  /** Tells the server that the member of an exclusive group is there. No message is so small; and nobody listens to the answer. */
  keepAlive(fields: object | undefined): boolean {
    return this.#publish({ batch: 1, max_bytes: 1, no_wait: true, ...fields }, this.#parts.inbox.replyOf(0));
  }

  #publish(request: object, reply: string): boolean {
    const { connection, writer } = this.#parts;
    writer.join();
    try {
      connection.outbound.publishBare(this.#subject, Buffer.from(JSON.stringify(request)), reply);
      return true;
    } catch {
      // Closed or draining: its status tells everybody.
      return false;
    }
  }
}
