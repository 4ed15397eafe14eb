import { type Connection, encodeHeaderTail, headerLine, isLive, type OutboundMessage } from "@stationkit/core-protocol";
import type { PendingMessage } from "../pending-message.js";
import { type ReplyAddress, tryParseReplySubject } from "./reply-subject.js";

type NatsConnection = Connection["natsConnection"];
type Msg = Parameters<NonNullable<NonNullable<Parameters<NatsConnection["subscribe"]>[1]>["callback"]>>[1];

/** Called for each answer about a batch that is listened to. */
type OnBatchAnswer = (address: ReplyAddress, data: Uint8Array, status: number) => void;

/** All that batches need of a connection. */
export interface BatchChannel {
  /** Subject that answers come to, without its end. */
  readonly inbox: string;
  /** Whether what is published now reaches a socket. */
  readonly isLive: boolean;
  /** Starts to listen for the answers about one batch. */
  listen(batchId: string, onAnswer: OnBatchAnswer): void;
  forget(batchId: string): void;
  /** @throws whatever nats.js throws: the connection is closed, or the message too large. */
  publish(subject: string, reply: string, message: PendingMessage): void;
  /** Publishes what a batch-aware server does not store; any other refuses it. */
  command(subject: string, reply: string): void;
  /** Resolves when the server has read everything that was published before. */
  roundTrip(): Promise<void>;
  /** May be called more than once. */
  close(): void;
}

/**
 * A server that knows no batches takes every message for an ordinary one, and would store an empty message for the end of a batch.
 * It refuses one that expects another stream; a server that knows batches looks at its place in the batch only.
 */
const COMMAND: OutboundMessage = {
  headLines: "",
  headerTail: encodeHeaderTail(headerLine("Nats-Expected-Stream", "a-command-is-not-stored")),
  payload: new Uint8Array(0),
};

/** One subscription for all batches of a producer. */
export function openBatchChannel(connection: Connection, name: string): BatchChannel {
  const { natsConnection: nats, outbound } = connection;
  const inbox = `${connection.inboxPrefix}.${name}`;
  const listeners = new Map<string, OnBatchAnswer>();
  let subscription: ReturnType<NatsConnection["subscribe"]> | undefined = nats.subscribe(`${inbox}.>`, {
    callback: (error, msg) => {
      // Without permission to listen no batch is ever acknowledged: the lane then gives up the first one, and goes without.
      if (error === null) receive(msg);
    },
  });

  function receive(msg: Msg): void {
    const address = tryParseReplySubject(msg.subject, inbox.length);
    const onAnswer = address && listeners.get(address.batchId);
    if (address === undefined || onAnswer === undefined) return;
    try {
      onAnswer(address, msg.data, msg.headers?.code ?? 0);
    } catch (error) {
      // A bug of ours. Thrown from here it would end the loop in which nats.js reads the socket, in silence.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  return {
    inbox,
    get isLive() {
      return isLive(nats);
    },
    listen: (batchId, onAnswer) => void listeners.set(batchId, onAnswer),
    forget: (batchId) => void listeners.delete(batchId),
    publish(subject, reply, message) {
      outbound.publish(subject, reply, message.prepared.encoded);
    },
    command(subject, reply) {
      outbound.publish(subject, reply, COMMAND);
    },
    roundTrip() {
      outbound.flush();
      return nats.flush();
    },
    close() {
      subscription?.unsubscribe();
      subscription = undefined;
    },
  };
}
