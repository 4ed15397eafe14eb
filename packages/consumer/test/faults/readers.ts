import { type Connection, connect } from "@stationkit/core-protocol";
import { type Consumer, createConsumer } from "@stationkit/consumer";
import { parseIndex, ReadingAudit, type ReceivedIndex, waitUntil } from "@stationkit/test-kit";
import { keyOf, STATION } from "./stage.js";

/** Members of one group in this process, each with a connection of its own, and what they are handed and told. */
export class Readers implements AsyncDisposable {
  /** Error codes of interruptions, in the order in which they were told. */
  readonly told: string[] = [];
  /** Members' partitions that were interrupted and have not resumed. */
  readonly interrupted = new Set<string>();
  readonly received: ReceivedIndex[] = [];
  readonly connections: Connection[] = [];
  disconnects = 0;

  /** @param servers - that they connect to. */
  static async open(
    servers: string | string[],
    {
      group,
      members,
      ackTimeoutMs,
    }: { readonly group: string; readonly members: number; readonly ackTimeoutMs: number },
  ): Promise<Readers> {
    const readers = new Readers();
    for (let i = 1; i <= members; i++) {
      const connection = await connect({ servers, reconnectDelayMs: 50, pingIntervalMs: 1_000 });
      readers.connections.push(connection);
      connection.on("status", ({ type }) => {
        if (type === "disconnected") readers.disconnects++;
      });
      const options = { stationName: STATION, consumerName: `${group}-${i}`, consumerGroup: group };
      readers.#read(await createConsumer(connection, { ...options, ackTimeoutMs, heartbeatMs: 1_000 }));
    }
    return readers;
  }

  /** Resolves when all that was interrupted has resumed. @throws {Error} when something does not. */
  async resumed(): Promise<void> {
    await waitUntil(() => this.interrupted.size === 0, { what: "what was interrupted has resumed", timeoutMs: 60_000 });
  }

  /** @param messages - that the group was to get. */
  audit(messages: number): ReadingAudit {
    const audit = new ReadingAudit(messages, keyOf);
    for (const entry of this.received) audit.add(entry);
    return audit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.close()));
  }

  #read(consumer: Consumer): void {
    const nameOf = (partition: number): string => `${consumer.consumerName}/${partition}`;
    consumer.on("reading-interrupted", (error, { partition }) => {
      this.told.push(error.code);
      this.interrupted.add(nameOf(partition));
    });
    consumer.on("reading-resumed", ({ partition }) => {
      this.interrupted.delete(nameOf(partition));
    });
    consumer.on("message", (message) => {
      this.received.push({ index: parseIndex(message.data) ?? -1, partition: message.partition });
      void message.ack();
    });
  }
}
