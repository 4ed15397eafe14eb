import { finalSubject, parseStationName, partitionStream, type StationkitError } from "@stationkit/core-protocol";
import type { PubAck } from "../delivery.js";
import type { ProduceRequest } from "../produce-request.js";
import { type LaneContext, PartitionLane } from "./partition-lane.js";
import { PendingMessage } from "./pending-message.js";
import type { Absence } from "./station-lookup.js";
import type { Wire } from "./wire.js";

/** What a test may set of a lane's surroundings. */
export interface LaneSettings {
  readonly isStrict?: boolean;
  readonly idempotent?: boolean;
  readonly ackTimeoutMs?: number;
  readonly deliveryTimeoutMs?: number;
  readonly duplicateWindowMs?: number;
  readonly onSettled?: (text: string, result: PubAck | StationkitError) => void;
}

const STATION = parseStationName("orders");
const STREAM = "orders$1";

/** A lane whose wire is written down, and whose broker is the test. Messages are named by their text. */
export class LaneRig {
  readonly lane: PartitionLane;
  /** Texts in the order in which they were put on the wire, tries included. */
  readonly wired: string[] = [];
  readonly settled: string[] = [];
  readonly results = new Map<string, PubAck | StationkitError>();
  readonly messages = new Map<string, PendingMessage>();
  isLive = true;
  /** Makes the next publishes throw. */
  publishError: ((text: string) => Error | undefined) | undefined;
  /** What a question for the stream is answered. */
  absence: Absence | undefined;
  questions = 0;
  stored = 0;
  throttled = 0;
  duplicateWindowMs: number;
  readonly #settings: LaneSettings;
  readonly #roundTrips: (() => void)[] = [];

  constructor(settings: LaneSettings = {}) {
    this.#settings = settings;
    this.duplicateWindowMs = settings.duplicateWindowMs ?? 120_000;
    this.lane = new PartitionLane(1, this.#context());
  }

  /** Adds messages, each named by one word. */
  add(texts: string, request: Partial<ProduceRequest> = {}): void {
    for (const text of texts.split(" ")) this.lane.add(this.#create(text, request));
  }

  /** Acknowledges messages in the order given. */
  ack(texts: string): void {
    for (const text of texts.split(" ")) this.#answer(text, `{"stream":"${STREAM}", "seq":${++this.stored}}`, 0);
  }

  answer(text: string, body: unknown, status = 0): void {
    this.#answer(text, typeof body === "string" ? body : JSON.stringify(body), status);
  }

  /** Nobody listens, for these. */
  refuse(texts: string): void {
    for (const text of texts.split(" ")) this.#answer(text, "", 503);
  }

  /** Every round trip that is under way comes back. */
  endRoundTrips(): void {
    for (const resolve of this.#roundTrips.splice(0)) resolve();
  }

  /** What was wired since the last look. */
  takeWired(): string {
    return this.wired.splice(0).join(" ");
  }

  outcome(text: string): string {
    const result = this.results.get(text);
    if (result === undefined) return "pending";
    return result instanceof Error ? `${result.name} ${result.outcome}` : "stored";
  }

  outcomes(texts: string): string[] {
    return texts.split(" ").map((text) => this.outcome(text));
  }

  #create(text: string, request: Partial<ProduceRequest>): PendingMessage {
    const { deliveryTimeoutMs = 30_000 } = this.#settings;
    const message = new PendingMessage({
      request: { message: text, ...request },
      station: STATION,
      partition: 1,
      msgId: this.#settings.idempotent === false ? undefined : `id-${text}`,
      encoded: {
        headLines: "",
        headerTail: new Uint8Array(0),
        payload: Buffer.from(text),
        sizeBytes: Buffer.byteLength(text),
      },
      deliveryTimeoutMs,
      deadline: Date.now() + deliveryTimeoutMs,
    });
    this.messages.set(text, message);
    return message;
  }

  #answer(text: string, body: string, status: number): void {
    const message = this.messages.get(text);
    if (message === undefined) throw new Error(`there is no message ${text}`);
    // The wire forgets settled messages, so that the lane never hears of them again.
    if (!message.isSettled) this.lane.answer(message, Buffer.from(body), status);
  }

  #context(): LaneContext {
    const { isStrict = false, ackTimeoutMs = 5_000, onSettled } = this.#settings;
    return {
      station: STATION,
      address: { stream: partitionStream(STATION, 1), subject: finalSubject(partitionStream(STATION, 1)) },
      wire: this.#wire(),
      isStrict,
      ackTimeoutMs,
      retryDelayMs: 50,
      maxRetryDelayMs: 2_000,
      // Each message leaves at once: bursts are the scheduler's concern.
      isAlone: () => true,
      schedule: () => undefined,
      duplicateWindowMs: () => this.duplicateWindowMs,
      settle: (message, result) => {
        if (!message.settle(result)) throw new Error("settled twice");
        const text = String(message.prepared.request.message);
        this.settled.push(text);
        this.results.set(text, result);
        onSettled?.(text, result);
      },
      onStored: () => undefined,
      onThrottled: () => {
        this.throttled++;
      },
      findAbsence: () => {
        this.questions++;
        return Promise.resolve(this.absence);
      },
    };
  }

  #wire(): Wire {
    const isLive = (): boolean => this.isLive;
    const wire: Pick<Wire, "isLive" | "publish" | "forget" | "roundTrip"> = {
      get isLive() {
        return isLive();
      },
      publish: (_subject, message) => {
        const text = String(message.prepared.request.message);
        if (message.isSettled) this.wired.push("(after its end:)");
        const error = this.publishError?.(text);
        if (error !== undefined) throw error;
        this.wired.push(text);
      },
      forget: () => undefined,
      roundTrip: () => new Promise<void>((resolve) => this.#roundTrips.push(resolve)),
    };
    return wire as Wire;
  }
}
