import type { NatsConnection } from "@nats-io/nats-core";
import { HEADER_PREAMBLE } from "../headers.js";
import { frameWriter, type WriteFrames } from "./nats-internals.js";
import { publishedHeaders } from "./published-headers.js";

/** A message with headers, in the parts that its sender can keep from one message to the next. */
export interface OutboundMessage {
  /** Header lines that only this message has, printable ASCII, each ended by CR LF; may be empty. */
  readonly headLines: string;
  /** The other header lines and the empty one that ends the block: `encodeHeaderTail`. */
  readonly headerTail: Uint8Array;
  readonly payload: Uint8Array;
}

/** What is written together at most, unless one message alone is larger. */
const SLAB_BYTES = 65_536;
const LINE_END = Buffer.from("\r\n", "latin1");

/**
 * Publishes messages by laying out their protocol frames (HPUB, PUB) one after the other in one buffer, which goes to the socket at the end of
 * the turn. `natsConnection.publish` makes an options object, a string and three buffers for each message instead, and that is most of
 * what it costs. Where nats.js does not let frames be written, `natsConnection.publish` is used.
 */
export class Outbound {
  readonly #nats: NatsConnection;
  readonly #write: WriteFrames | undefined;
  /** Never written to again once it was handed over: the socket may still be reading from it. */
  #slab: Buffer | undefined;
  #start = 0;
  #end = 0;
  #messages = 0;
  #messageBytes = 0;

  constructor(natsConnection: NatsConnection) {
    this.#nats = natsConnection;
    this.#write = frameWriter(natsConnection);
  }

  /**
   * @param reply - subject for the answer.
   * @throws whatever `natsConnection.publish` throws for a connection that is closed or draining, or a message that is too large.
   */
  publish(subject: string, reply: string, message: OutboundMessage): void {
    const { headLines, headerTail, payload } = message;
    const headerBytes = HEADER_PREAMBLE.length + headLines.length + headerTail.length;
    const bytes = headerBytes + payload.length;
    if (this.#write === undefined || this.#isRefused(bytes)) {
      this.#publishByClient(subject, reply, message);
      return;
    }
    const head = `HPUB ${subject} ${reply} ${headerBytes} ${bytes}\r\n${HEADER_PREAMBLE}${headLines}`;
    const slab = this.#reserve(head.length + headerTail.length + payload.length + LINE_END.length);
    let end = this.#end;
    end += slab.write(head, end, "latin1");
    slab.set(headerTail, end);
    end += headerTail.length;
    slab.set(payload, end);
    end += payload.length;
    slab.set(LINE_END, end);
    this.#end = end + LINE_END.length;
    this.#messageBytes += bytes;
    if (this.#messages++ === 0) queueMicrotask(this.#flush);
  }

  /**
   * Publishes without headers, in order with `publish`.
   * @param reply - subject for the answer; none when it is left out.
   * @throws whatever `natsConnection.publish` throws.
   */
  publishBare(subject: string, payload: Uint8Array, reply?: string): void {
    if (this.#write === undefined || this.#isRefused(payload.length)) {
      this.#nats.publish(subject, payload, reply === undefined ? {} : { reply });
      return;
    }
    const head =
      reply === undefined ? `PUB ${subject} ${payload.length}\r\n` : `PUB ${subject} ${reply} ${payload.length}\r\n`;
    const slab = this.#reserve(head.length + payload.length + LINE_END.length);
    let end = this.#end;
    end += slab.write(head, end, "latin1");
    slab.set(payload, end);
    end += payload.length;
    slab.set(LINE_END, end);
    this.#end = end + LINE_END.length;
    this.#messageBytes += payload.length;
    if (this.#messages++ === 0) queueMicrotask(this.#flush);
  }

  /**
   * Publishes short texts without headers, in order with `publish`. All of them become one string first: encoding it costs less than
   * encoding and copying each frame in parts.
   * @param subjects - of the texts, by index.
   * @param texts - printable ASCII of a few bytes each; they are not compared with the server's limit.
   * @throws whatever `natsConnection.publish` throws.
   */
  publishTexts(subjects: readonly string[], texts: readonly string[]): void {
    if (this.#write === undefined || this.#isRefused(0)) {
      for (const [index, subject] of subjects.entries()) this.#nats.publish(subject, texts[index]);
      return;
    }
    let frames = "";
    let bytes = 0;
    for (let i = 0; i < subjects.length; i++) {
      const text = texts[i] ?? "";
      frames += `PUB ${subjects[i] ?? ""} ${text.length}\r\n${text}\r\n`;
      bytes += text.length;
    }
    if (frames === "") return;
    const slab = this.#reserve(frames.length);
    this.#end += slab.write(frames, this.#end, "latin1");
    this.#messageBytes += bytes;
    if (this.#messages === 0) queueMicrotask(this.#flush);
    this.#messages += subjects.length;
  }

  /**
   * Hands everything to nats.js: for what must come after it, such as a round trip.
   * @param atOnce - has it written to the socket before this returns, for a process that may not live to the end of this turn. Where
   *   nats.js's internals are missing, it is written at the turn's end all the same. Default false.
   */
  flush(atOnce = false): void {
    if (this.#messages === 0 || this.#slab === undefined) return;
    this.#write?.(this.#slab.subarray(this.#start, this.#end), this.#messages, this.#messageBytes, atOnce);
    this.#start = this.#end;
    this.#messages = 0;
    this.#messageBytes = 0;
  }

  readonly #flush = (): void => {
    this.flush();
  };

  /** Makes room for a frame at `#end` of the buffer that it returns. */
  #reserve(frameBytes: number): Buffer {
    if (this.#slab !== undefined && this.#end + frameBytes <= this.#slab.length) return this.#slab;
    this.flush();
    this.#start = this.#end = 0;
    // Not from Node's pool, which would keep small slices of it and this buffer alive for each other.
    return (this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, frameBytes)));
  }

  #isRefused(bytes: number): boolean {
    const { info } = this.#nats;
    return this.#nats.isClosed() || this.#nats.isDraining() || (info !== undefined && bytes > info.max_payload);
  }

  #publishByClient(subject: string, reply: string, { headLines, headerTail, payload }: OutboundMessage): void {
    const block = Buffer.concat([Buffer.from(`${HEADER_PREAMBLE}${headLines}`, "latin1"), headerTail]);
    this.#nats.publish(subject, payload, { reply, headers: publishedHeaders(block) });
  }
}
