import { describe, expect, it } from "vitest";
import {
  decodeDeadLetterHeaders,
  type DeadLetterStory,
  encodeDeadLetterHeaders,
  encodeResentHeaders,
  originalHeaders,
} from "./dead-letter-headers.js";
import { parseHeaders } from "./stored-message.js";

const story: DeadLetterStory = {
  cause: "max-deliveries",
  reason: "größe unbekannt",
  deadLetteredAt: new Date(1_795_373_549_780),
  deliveries: 11,
  station: "orders.eu",
  partition: 2,
  sequence: 47,
  group: "billing",
  consumer: "c1",
};
const original = { a: "1", b: ["2", "3"], $memphis_producedBy: "p", "Nats-Msg-Id": "m1", "Nats-TTL": "1s" };
const read = (lines: string): ReturnType<typeof parseHeaders> => parseHeaders(`NATS/1.0\r\n${lines}\r\n`);

describe("the headers of a dead letter", () => {
  const letter = read(encodeDeadLetterHeaders(story, original, "letter-1"));

  it("tell its story", () => {
    expect(decodeDeadLetterHeaders(letter)).toEqual(story);
  });

  it("keep the original ones, those that the server acts on under another name", () => {
    expect(letter["Nats-Msg-Id"]).toBe("letter-1");
    expect(letter["Nats-TTL"]).toBeUndefined();
    expect(originalHeaders(letter)).toEqual({
      ...{ a: "1", b: ["2", "3"], $memphis_producedBy: "p" },
      ...{ "Dead-Letter-Original-Nats-Msg-Id": "m1", "Dead-Letter-Original-Nats-TTL": "1s" },
    });
  });

  it("become the original ones when it is sent again, and are right when it is dead again", () => {
    const resent = read(encodeResentHeaders(letter, "resend-1"));
    expect(decodeDeadLetterHeaders(resent)).toBeUndefined();
    expect(resent).toEqual({ ...originalHeaders(letter), "Nats-Msg-Id": "resend-1" });
    const again = read(encodeDeadLetterHeaders({ ...story, sequence: 90 }, resent, "letter-2"));
    expect(decodeDeadLetterHeaders(again)).toEqual({ ...story, sequence: 90 });
    expect(again["Dead-Letter-Original-Nats-Msg-Id"]).toBe("m1");
  });

  it.each([
    ["two\r\nlines ", "two lines"],
    ["x".repeat(5_000), "x".repeat(1_024)],
    ["", ""],
  ])("carry any reason as one line (%#)", (reason, kept) => {
    expect(decodeDeadLetterHeaders(read(encodeDeadLetterHeaders({ ...story, reason }, {}, "i")))?.reason).toBe(kept);
  });

  it("tell of a message that a schema refused, which has neither sequence nor group", () => {
    const refused: DeadLetterStory = { ...story, cause: "schema", sequence: 0, group: "", deliveries: 0 };
    expect(decodeDeadLetterHeaders(read(encodeDeadLetterHeaders(refused, {}, "i")))).toEqual(refused);
    expect(
      decodeDeadLetterHeaders(read(encodeDeadLetterHeaders({ ...refused, cause: "rejected" }, {}, "i"))),
    ).toBeUndefined();
  });

  it.each([{}, { a: "1" }, { "Dead-Letter-Station": "s" }])("are not there: %o", (headers) => {
    expect(decodeDeadLetterHeaders(headers)).toBeUndefined();
  });
});
