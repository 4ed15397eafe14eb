import type { Connection } from "@stationkit/core-protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AnswerWriter } from "./answer-writer.js";
import { ANSWER } from "./answers.js";

/** What of a connection is used. */
class FakeConnection {
  readonly written: string[] = [];
  flushes = 0;
  readonly protocol = { connected: true };
  isClosedNow = false;
  readonly natsConnection = { protocol: this.protocol, isClosed: () => this.isClosedNow };
  readonly outbound = {
    publishTexts: (subjects: readonly string[], texts: readonly string[]) => {
      if (this.isClosedNow) throw new Error("closed");
      this.written.push(...subjects.map((subject, index) => `${subject} ${texts[index]}`));
    },
    flush: () => {
      this.flushes++;
    },
  };
}

let connection: FakeConnection;
let writer: AnswerWriter;

beforeEach(() => {
  vi.useFakeTimers();
  connection = new FakeConnection();
  writer = new AnswerWriter(connection as unknown as Connection);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("AnswerWriter", () => {
  it("writes after a moment what was answered meanwhile, in order, at once", () => {
    expect(writer.write("a", ANSWER.ack)).toBe(true);
    vi.advanceTimersByTime(1);
    expect(writer.write("b", ANSWER.nack)).toBe(true);
    expect(connection.written).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(connection.written).toEqual(["a +ACK", "b -NAK"]);
    expect(connection.flushes).toBe(1);
  });

  it("does not wait when there are many", () => {
    for (let i = 0; i < 600; i++) writer.write(`${i}`, ANSWER.ack);
    expect(connection.written).toHaveLength(512);
    writer.flush();
    expect(connection.written).toEqual(Array.from({ length: 600 }, (_, i) => `${i} +ACK`));
  });

  it("does not wait for a timer that cannot run, since each message takes long and the next one is there", () => {
    for (let i = 0; i < 40; i++) {
      writer.write(`${i}`, ANSWER.ack);
      // The clock goes on, and no timer runs.
      vi.spyOn(performance, "now").mockReturnValue((i + 1) * 5);
    }
    expect(connection.written).toHaveLength(32);
  });

  it("lets what is answered in the same go travel with whatever is written", async () => {
    writer.write("a", ANSWER.ack);
    writer.join();
    writer.join();
    writer.write("b", ANSWER.ack);
    expect(connection.written).toEqual([]);
    await Promise.resolve();
    expect(connection.written).toEqual(["a +ACK", "b +ACK"]);
    vi.advanceTimersByTime(10);
    expect(connection.flushes).toBe(1);
  });

  it("keeps answers for the connection that comes back, up to a bound", () => {
    connection.protocol.connected = false;
    expect(writer.write("a", ANSWER.ack)).toBe(true);
    vi.advanceTimersByTime(10);
    expect(connection.written).toEqual([]);
    for (let i = 1; i < 100_000; i++) writer.write("x", ANSWER.ack);
    expect(writer.write("too many", ANSWER.ack)).toBe(false);
    connection.protocol.connected = true;
    writer.flush();
    expect(connection.written).toHaveLength(100_000);
    expect(connection.written[0]).toBe("a +ACK");
    expect(writer.write("b", ANSWER.ack)).toBe(true);
  });

  it("takes nothing once the connection is closed, and loses in silence what it cannot write", () => {
    writer.write("a", ANSWER.ack);
    connection.isClosedNow = true;
    expect(writer.write("b", ANSWER.ack)).toBe(false);
    expect(() => {
      writer.flush();
    }).not.toThrow();
    expect(connection.written).toEqual([]);
  });
});
