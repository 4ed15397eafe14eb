import type { NatsConnection } from "@nats-io/nats-core";
import { beforeEach, describe, expect, it } from "vitest";
import { encodeHeaderTail } from "../headers.js";
import { Outbound, type OutboundMessage } from "./outbound.js";

const headerTail = encodeHeaderTail("by: me\r\n");

function create(payload: string | Uint8Array, id = "1"): OutboundMessage {
  return { headLines: `id: ${id}\r\n`, headerTail, payload: Buffer.from(payload) };
}

/** The same message as the protocol has it. */
function frame(payload: string, id = "1"): string {
  const block = `NATS/1.0\r\nid: ${id}\r\nby: me\r\n\r\n`;
  const bytes = block.length + Buffer.byteLength(payload);
  return `HPUB s.final r.1 ${block.length} ${bytes}\r\n${block}${payload}\r\n`;
}

/** What of nats.js is used; `written` is what would go to the socket. */
class FakeNats {
  readonly written: Uint8Array[] = [];
  readonly published: string[] = [];
  readonly protocol: Record<string, unknown> = {
    outMsgs: 0,
    outBytes: 0,
    sendCommand: (bytes: Uint8Array) => this.written.push(bytes),
  };
  info: { max_payload: number } | undefined = { max_payload: 1_048_576 };
  closed = false;
  draining = false;

  get text(): string {
    return Buffer.concat(this.written).toString();
  }

  isClosed(): boolean {
    return this.closed;
  }

  isDraining(): boolean {
    return this.draining;
  }

  publish(
    subject: string,
    payload: Uint8Array | string,
    options: { reply?: string; headers?: { encode(): Uint8Array } } = {},
  ): void {
    if (this.closed) throw new Error("closed");
    const block = Buffer.from(options.headers?.encode() ?? []).toString();
    this.published.push(`${subject} ${options.reply ?? "-"} ${block}${Buffer.from(payload).toString()}`);
  }
}

let nats: FakeNats;
let outbound: Outbound;

function open(): void {
  outbound = new Outbound(nats as unknown as NatsConnection);
}

beforeEach(() => {
  nats = new FakeNats();
  open();
});

describe("Outbound", () => {
  it("writes what was published in one turn as one piece, in order, and counts it", async () => {
    for (const [i, payload] of ["first", "", "grün"].entries())
      outbound.publish("s.final", "r.1", create(payload, `${i}`));
    expect(nats.written).toEqual([]);
    await Promise.resolve();
    expect(nats.written).toHaveLength(1);
    expect(nats.text).toBe(frame("first", "0") + frame("", "1") + frame("grün", "2"));
    expect(nats.protocol).toMatchObject({
      outMsgs: 3,
      outBytes: 3 * "NATS/1.0\r\nid: 1\r\nby: me\r\n\r\n".length + 5 + 0 + 5,
    });
  });

  it("hands everything over when it is told to, once", async () => {
    outbound.publish("s.final", "r.1", create("now"));
    outbound.flush();
    expect(nats.text).toBe(frame("now"));
    outbound.flush();
    await Promise.resolve();
    expect(nats.written).toHaveLength(1);
  });

  it("has large pieces written before the next one comes, so that nats.js does not copy them together", () => {
    let waiting = 0;
    const most: number[] = [];
    nats.protocol["sendCommand"] = () => most.push(++waiting);
    nats.protocol["flushPending"] = () => (waiting = 0);
    for (let i = 0; i < 3; i++) outbound.publish("s.final", "r.1", create(Buffer.alloc(65_536)));
    outbound.flush();
    expect(most).toEqual([1, 1, 1]);
    outbound.publish("s.final", "r.1", create("small"));
    outbound.flush();
    expect(waiting).toBe(1);
    outbound.publish("s.final", "r.1", create("urgent"));
    outbound.flush(true);
    expect(waiting).toBe(0);
  });

  it("never touches again what it has handed over", () => {
    for (let i = 0; i < 3_000; i++) {
      outbound.publish("s.final", "r.1", create(`payload ${i}`, `${i}`));
      if (i % 7 === 0) outbound.flush();
    }
    outbound.flush();
    expect(nats.text).toBe(Array.from({ length: 3_000 }, (_, i) => frame(`payload ${i}`, `${i}`)).join(""));
  });

  it.each([65_000, 65_536, 70_000, 1_000_000])("carries a payload of %i bytes among small ones", (size) => {
    const large = "x".repeat(size);
    for (const payload of ["a", large, "b", large, "c"]) outbound.publish("s.final", "r.1", create(payload));
    outbound.flush();
    expect(nats.text).toBe(["a", large, "b", large, "c"].map((payload) => frame(payload)).join(""));
  });

  it.each<[string, (nats: FakeNats) => void]>([
    ["there is no sendCommand", ({ protocol }) => delete protocol["sendCommand"]],
    ["there is no counter", ({ protocol }) => delete protocol["outMsgs"]],
    ["there is no protocol", (fake) => Object.assign(fake, { protocol: undefined })],
    ["the connection drains", (fake) => (fake.draining = true)],
    ["the message is above the server's limit", (fake) => (fake.info = { max_payload: 30 })],
  ])("leaves it to nats.js when %s", (_, change) => {
    change(nats);
    open();
    outbound.publish("s.final", "r.1", create("payload"));
    outbound.flush();
    expect(nats.published).toEqual([`s.final r.1 NATS/1.0\r\nid: 1\r\nby: me\r\n\r\npayload`]);
    expect(nats.written).toEqual([]);
  });

  it("writes messages without headers among the others, in order, and counts them", () => {
    outbound.publish("s.final", "r.1", create("first"));
    outbound.publishBare("ack.1", Buffer.from("+ACK"));
    outbound.publishBare("next", Buffer.from("{}"), "r.2");
    outbound.publishBare("empty", new Uint8Array(0));
    outbound.flush();
    expect(nats.text).toBe(`${frame("first")}PUB ack.1 4\r\n+ACK\r\nPUB next r.2 2\r\n{}\r\nPUB empty 0\r\n\r\n`);
    expect(nats.protocol).toMatchObject({ outMsgs: 4 });
  });

  it("writes many short texts among the others, in order, and counts them", async () => {
    outbound.publishBare("next", Buffer.from("{}"), "r.2");
    const subjects = Array.from({ length: 3_000 }, (_, i) => `ack.${i}`);
    outbound.publishTexts(
      subjects,
      subjects.map(() => "+ACK"),
    );
    outbound.publishTexts([], []);
    outbound.publishBare("last", Buffer.from("!"));
    await Promise.resolve();
    const acks = subjects.map((subject) => `PUB ${subject} 4\r\n+ACK\r\n`).join("");
    expect(nats.text).toBe(`PUB next r.2 2\r\n{}\r\n${acks}PUB last 1\r\n!\r\n`);
    expect(nats.protocol).toMatchObject({ outMsgs: 3_002, outBytes: 2 + 3_000 * 4 + 1 });
  });

  it("leaves messages without headers to nats.js as well where frames cannot be written", () => {
    delete nats.protocol["sendCommand"];
    open();
    outbound.publishBare("ack.1", Buffer.from("+ACK"));
    outbound.publishBare("next", Buffer.from("{}"), "r.2");
    outbound.publishTexts(["ack.2", "ack.3"], ["+ACK", "-NAK"]);
    expect(nats.published).toEqual(["ack.1 - +ACK", "next r.2 {}", "ack.2 - +ACK", "ack.3 - -NAK"]);
  });

  it("throws what nats.js throws, and goes on", () => {
    nats.closed = true;
    expect(() => {
      outbound.publish("s.final", "r.1", create("lost"));
    }).toThrow("closed");
    nats.closed = false;
    nats.info = undefined;
    outbound.publish("s.final", "r.1", create("sent"));
    outbound.flush();
    expect(nats.text).toBe(frame("sent"));
  });
});
