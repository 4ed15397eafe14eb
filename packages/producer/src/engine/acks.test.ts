import { describe, expect, it } from "vitest";
import { plainAckPrefix, readAnswer, readPlainAck } from "./acks.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const prefix = plainAckPrefix("x$1");
const plain = (text: string): number => readPlainAck(bytes(text), prefix);
const answer = (text: string, status = 0): unknown => readAnswer(bytes(text), status);

describe("readPlainAck", () => {
  it("reads the acknowledgement as nats-server prints it", () => {
    expect(plain('{"stream":"x$1", "seq":42}')).toBe(42);
    expect(plain('{"stream":"x$1", "seq":1}')).toBe(1);
    expect(plain('{"stream":"x$1","seq":42}')).toBe(42);
  });

  it("reads sequences up to 2^53 exactly", () => {
    expect(plain(`{"stream":"x$1", "seq":${Number.MAX_SAFE_INTEGER}}`)).toBe(Number.MAX_SAFE_INTEGER);
    expect(plain('{"stream":"x$1", "seq":9007199254740990}')).toBe(9_007_199_254_740_990);
  });

  it.each([
    ["two blanks", '{"stream":"x$1",  "seq":42}'],
    ["another stream", '{"stream":"y$1", "seq":42}'],
    ["a stream whose name begins alike", '{"stream":"x$11", "seq":42}'],
    ["a duplicate", '{"stream":"x$1", "seq":42,"duplicate": true}'],
    ["a domain", '{"stream":"x$1", "domain":"hub", "seq":42}'],
    ["a domain at the end", '{"stream":"x$1", "seq":42,"domain":"hub"}'],
    ["an error", '{"error":{"code":503,"err_code":10077,"description":"x"},"stream":"x$1","seq":0}'],
    ["sequence 0", '{"stream":"x$1", "seq":0}'],
    ["no digits", '{"stream":"x$1", "seq":}'],
    ["a negative number", '{"stream":"x$1", "seq":-4}'],
    ["a fraction", '{"stream":"x$1", "seq":4.2}'],
    ["bytes after the end", '{"stream":"x$1", "seq":42} '],
    ["a truncated end", '{"stream":"x$1", "seq":42'],
    ["a truncated prefix", '{"stream":"x$1", "s'],
    ["nothing", ""],
  ])("leaves %s to the full reader", (_, text) => {
    expect(plain(text)).toBe(0);
  });
});

describe("readAnswer", () => {
  it.each([
    ["with the blank", '{"stream":"x$1", "seq":42}', false],
    ["without the blank", '{"stream":"x$1","seq":42}', false],
    ["with a domain", '{"stream":"x$1","domain":"hub","seq":42}', false],
    ["with unknown fields", '{"stream":"x$1","seq":42,"val":"7","batch":{"id":"b"}}', false],
    ["of a duplicate", '{"stream":"x$1", "seq":42,"duplicate": true}', true],
  ])("reads an acknowledgement %s", (_, text, duplicate) => {
    expect(answer(text)).toEqual({ type: "stored", stream: "x$1", sequence: 42, duplicate });
  });

  it("names the stream that acknowledged, whichever it is", () => {
    expect(answer('{"stream":"mirror", "seq":7}')).toMatchObject({ type: "stored", stream: "mirror" });
  });

  it("reads a refusal, also when it names the stream", () => {
    const error = { code: 503, err_code: 10077, description: "maximum messages exceeded" };
    expect(answer(JSON.stringify({ error, stream: "x$1", seq: 0 }))).toEqual({ type: "refused", error });
  });

  it("takes a duplicate without a sequence for one that is being stored at this moment", () => {
    const answered = answer('{"stream":"x$1", "seq":0,"duplicate": true}');
    expect(answered).toMatchObject({ type: "refused", error: { err_code: 10158 } });
  });

  it("takes a 503 without a body for nobody listening", () => {
    expect(answer("", 503)).toMatchObject({ type: "refused", error: { code: 503 } });
    expect(answer("", 503)).not.toHaveProperty("error.err_code");
  });

  it("takes the error of a 429, and the bare status of older servers", () => {
    const error = { code: 429, err_code: 10167, description: "too many requests" };
    expect(answer(JSON.stringify({ type: "x", error }), 429)).toEqual({ type: "refused", error });
    expect(answer("", 429)).toMatchObject({ type: "refused", error: { code: 429, description: "too many requests" } });
    expect(answer("", 408)).toMatchObject({ type: "refused", error: { code: 408, description: "status 408" } });
  });

  it.each([
    ["nothing", ""],
    ["text", "hello"],
    ["an empty object", "{}"],
    ["a list", "[]"],
    ["null", "null"],
    ["a string", '"ok"'],
    ["a number", "42"],
    ["no sequence", '{"stream":"x$1"}'],
    ["sequence 0", '{"stream":"x$1","seq":0}'],
    ["a sequence as text", '{"stream":"x$1","seq":"42"}'],
    ["a stream that is no text", '{"stream":1,"seq":42}'],
    ["an error that is null", '{"error":null,"stream":"x$1","seq":42}'],
    ["an error that is text", '{"error":"no","stream":"x$1","seq":42}'],
    ["a truncated acknowledgement", '{"stream":"x$1","seq":4'],
    ["a status that is none of a refusal", ""],
  ])("calls %s unreadable, with the text in the error", (_, text) => {
    const read = readAnswer(bytes(text), 0);
    expect(read).toMatchObject({ type: "unreadable", error: { code: "SK_UNEXPECTED", outcome: "unknown" } });
    if (read.type === "unreadable") expect(read.error.message).toContain(JSON.stringify(text));
  });

  it("quotes at most 200 bytes of what it cannot read, and no invalid UTF-8", () => {
    const read = readAnswer(new Uint8Array(100_000).fill(0xff), 0);
    expect(read.type === "unreadable" && read.error.message.length).toBeLessThan(300);
  });

  it("never throws and never reads a wrong sequence, whatever 10,000 random mutations make of an answer", () => {
    const seeds = [
      '{"stream":"x$1", "seq":42}',
      '{"stream":"x$1", "seq":9007199254740991,"duplicate": true}',
      '{"error":{"code":503,"err_code":10077,"description":"x"},"stream":"x$1","seq":0}',
      '{"type":"t","error":{"code":429,"err_code":10167,"description":"too many requests"}}',
    ].map(bytes);
    let state = 7;
    const below = (limit: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    for (let round = 0; round < 10_000; round++) {
      const mutant = [...seeds[below(seeds.length)]!];
      for (let edits = 1 + below(3); edits > 0; edits--) {
        const at = below(mutant.length + 1);
        const kind = below(4);
        if (kind === 0) mutant.splice(at, 1, below(256));
        else if (kind === 1) mutant.splice(at, 1 + below(4));
        else if (kind === 2) mutant.splice(at, 0, 48 + below(10));
        else mutant.splice(at, mutant.length);
      }
      const data = Uint8Array.from(mutant);
      const text = Buffer.from(data).toString("latin1");
      const sequence = readPlainAck(data, prefix);
      const digits = /^\{"stream":"x\$1", ?"seq":(\d+)\}$/.exec(text)?.[1];
      // Beyond 2^53 a double cannot hold it; no stream gets there.
      if (digits === undefined || Number(digits) > Number.MAX_SAFE_INTEGER) expect(sequence >= 0).toBe(true);
      else expect(sequence).toBe(Number(digits));
      if (digits === undefined) expect(sequence).toBe(0);
      const read = readAnswer(data, [0, 429, 503][below(3)]!);
      if (read.type === "stored") expect(JSON.parse(text)).toMatchObject({ seq: read.sequence });
      if (read.type === "refused") expect(typeof read.error).toBe("object");
    }
  });
});
