import {
  type Connection,
  type ConnectionStatus,
  type OutboundMessage,
  parseStationName,
  type PermissionDeniedError,
} from "@stationkit/core-protocol";
import type { Station } from "@stationkit/station-admin";
import { jetStreamDeclaration } from "./declaration/jetstream-declaration.js";
import { type ProducerOptions, resolveProducerOptions } from "./producer-options.js";
import { StationProducer } from "./station-producer.js";

/** A message as it left the producer. */
export interface Published {
  readonly partition: number;
  readonly text: string;
  readonly msgId: string | undefined;
  readonly reply: string;
}

interface AnswerMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers?: { readonly code: number };
}

type OnAnswer = (error: Error | null, message: AnswerMessage) => void;

/** The least of a connection that a producer works with. The test is the broker: it takes `published` and calls `answer`. */
export class FakeBroker {
  readonly published: Published[] = [];
  readonly connection: Connection;
  state: Connection["state"] = "connected";
  isStreamMissing = false;
  publishError: (() => Error | undefined) | undefined;
  subscriptions = 0;
  readonly #listeners = new Set<(status: ConnectionStatus) => void>();
  /** By the subject that is listened to, without its wildcard. */
  readonly #onAnswer = new Map<string, OnAnswer>();

  constructor({ jetStreamApiLevel = 4 } = {}) {
    const getState = (): Connection["state"] => this.state;
    const natsConnection = {
      protocol: {
        get connected() {
          return getState() === "connected";
        },
      },
      subscribe: (subject: string, options: { callback: OnAnswer }) => {
        this.#onAnswer.set(subject.slice(0, -1), options.callback);
        this.subscriptions++;
        return { unsubscribe: () => this.subscriptions-- };
      },
      flush: () => Promise.resolve(),
    };
    this.connection = {
      natsConnection,
      outbound: {
        publish: (subject: string, reply: string, message: OutboundMessage) => {
          this.#publish(subject, reply, message);
        },
        flush: () => undefined,
      },
      inboxPrefix: "_INBOX",
      server: { maxPayloadBytes: 1_000, jetStreamApiLevel },
      get state() {
        return getState();
      },
      jetStream: {
        request: () => (this.isStreamMissing ? Promise.reject(new Error("missing")) : Promise.resolve({})),
      },
      on: (_name: string, listener: (status: ConnectionStatus) => void) => this.#listeners.add(listener),
      off: (_name: string, listener: (status: ConnectionStatus) => void) => this.#listeners.delete(listener),
      beforeClose: () => () => undefined,
    } as unknown as Connection;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  disconnect(): void {
    this.state = "reconnecting";
    this.#tell({ type: "disconnected", server: "fake" });
  }

  reconnect(): void {
    this.state = "connected";
    this.#tell({ type: "reconnected", server: "fake" });
  }

  closeForGood(): void {
    this.state = "closed";
    this.#tell({ type: "closed" });
  }

  deny(error: PermissionDeniedError): void {
    this.#tell({ type: "error", error });
  }

  answer(reply: string, body: string, code = 0): void {
    const message = { subject: reply, data: Buffer.from(body), ...(code > 0 && { headers: { code } }) };
    for (const [prefix, onAnswer] of this.#onAnswer) if (reply.startsWith(prefix)) onAnswer(null, message);
  }

  /** Acknowledges what was published, in order, as partition streams of "orders" do. */
  ackAll(): void {
    for (const { reply, partition } of this.published.splice(0)) this.ack(reply, partition);
  }

  ack(reply: string, partition: number, sequence = 1): void {
    this.answer(reply, `{"stream":"orders$${partition}", "seq":${sequence}}`);
  }

  takeTexts(): string {
    return this.published
      .splice(0)
      .map(({ text }) => text)
      .join(" ");
  }

  #tell(status: ConnectionStatus): void {
    for (const listener of [...this.#listeners]) listener(status);
  }

  #publish(subject: string, reply: string, { headLines, payload }: OutboundMessage): void {
    const error = this.publishError?.();
    if (error !== undefined) throw error;
    const msgId = /Nats-Msg-Id: (.*)\r\n/.exec(headLines)?.[1];
    const partition = Number(/\$(\d+)\.final$/.exec(subject)?.[1]);
    this.published.push({ partition, text: Buffer.from(payload).toString(), msgId, reply });
  }
}

/** A station of this many partitions. */
export function fakeStation(name: string, partitions = 1, settings: Partial<Station["settings"]> = {}): Station {
  return {
    name: parseStationName(name),
    partitions: Array.from({ length: partitions }, (_, i) => i + 1),
    id: "id",
    settings: {
      retention: { type: "unlimited" },
      storage: "memory",
      replicas: 1,
      idempotencyWindowMs: 120_000,
      maxMessageBytes: undefined,
      discard: "old",
      dlsStation: undefined,
      description: undefined,
      ...settings,
    },
  };
}

/** An open producer on a station "orders" of a fake broker. */
export async function openProducer(
  broker: FakeBroker,
  options: Partial<ProducerOptions> = {},
  station: Station = fakeStation("orders"),
): Promise<StationProducer<unknown>> {
  const producer = new StationProducer<unknown>({
    connection: broker.connection,
    options: resolveProducerOptions({ stationName: station.name, producerName: "p", ...options }),
    declaration: jetStreamDeclaration(station),
  });
  await producer.open();
  return producer;
}
