import {
  MalformedMessageError,
  PayloadTooLargeError,
  StationkitError,
  StationNotFoundError,
  toStationkitError,
  UsageError,
} from "@stationkit/core-protocol";
import { CONTROL_SUBJECT } from "@stationkit/core-protocol/control";
import type { BridgeEventKind } from "../bridge-events.js";
import type { BridgeContext } from "../context.js";
import { Limit } from "../limit.js";
import { QueueListener, type ReceivedMessage } from "../queue-listener.js";
import { repeat } from "../repeat.js";
import { ensureOwnStream, NO_MESSAGE_FOUND, serverErrorCode } from "../state/own-stream.js";
import { readDelivery } from "./event-delivery.js";
import { handleEvent } from "./handle-event.js";

const STREAM = "memphis_bridge_events";
const DURABLE = "bridge";
const DELIVER_SUBJECT = "memphis_bridge.events";
const NANOSECONDS_PER_MS = 1_000_000;
/** As long as a Memphis broker keeps them. @see memphis-protocol.md section 4 */
const MAX_AGE_MS = 86_400_000;
const MAX_BYTES = 268_435_456;
/** What a bridge had in hand when it died comes to another one after this. */
const ACK_WAIT_MS = 15_000;
/** Also those that wait for another try: they must not keep the others away. */
const MAX_IN_HAND = 1_000;
const MAX_AT_ONCE = 64;
const FIRST_RETRY_DELAY_MS = 1_000;
const LONGEST_RETRY_DELAY_MS = 60_000;

/** nats-server's word that a durable gave a message up. @see nats-server server/jetstream_events.go */
const MAX_DELIVERIES_ADVISORY = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES";

/** Where each kind of event is told. */
const KINDS: Readonly<Record<string, BridgeEventKind>> = {
  [CONTROL_SUBJECT.notifications]: "notification",
  [CONTROL_SUBJECT.schemaverseDls]: "schema-failure",
  [CONTROL_SUBJECT.nackedDls]: "nacked",
  [CONTROL_SUBJECT.pmAcks]: "resend-acknowledged",
};

/**
 * What clients and the server tell without waiting for an answer, kept in a stream until a bridge has dealt with it: also what is told
 * while no bridge runs, and what a bridge had in hand when it died.
 * @see Memphis broker 1.4.4, which keeps them in streams as well
 */
export async function openEventInbox(context: BridgeContext): Promise<{ close(): Promise<void> }> {
  const { connection, emitter } = context;
  await ensureOwnStream(
    connection,
    {
      name: STREAM,
      description: "what Memphis clients tell their broker, for Memphis bridges",
      subjects: [...Object.keys(KINDS), `${MAX_DELIVERIES_ADVISORY}.*.*`],
      retention: "workqueue",
      discard: "old",
      max_age: MAX_AGE_MS * NANOSECONDS_PER_MS,
      max_bytes: MAX_BYTES,
    },
    context.options.replicas,
  );
  const limit = new Limit(MAX_AT_ONCE);
  const listener = new QueueListener(connection, {
    subject: DELIVER_SUBJECT,
    queue: DURABLE,
    handle: (message) => limit.run(() => settle(context, message)),
    onError: (error) => {
      emitter.emit("failed", error);
    },
  });
  try {
    await repeat(context.options.requestTimeoutMs, () =>
      connection.jetStream.request(`CONSUMER.CREATE.${STREAM}.${DURABLE}`, {
        stream_name: STREAM,
        config: {
          durable_name: DURABLE,
          deliver_subject: DELIVER_SUBJECT,
          deliver_group: DURABLE,
          deliver_policy: "all",
          ack_policy: "explicit",
          ack_wait: ACK_WAIT_MS * NANOSECONDS_PER_MS,
          max_deliver: -1,
          max_ack_pending: MAX_IN_HAND,
        },
      }),
    );
  } catch (error) {
    await listener.close();
    throw error;
  }
  return listener;
}

async function settle(context: BridgeContext, message: ReceivedMessage): Promise<void> {
  const delivery = readDelivery(message);
  // Not from the stream: nothing of ours. Nobody but the server can say so: it refuses clients such a reply subject.
  if (delivery === undefined) return;
  const kind = KINDS[delivery.subject] ?? "max-deliveries";
  try {
    await handleEvent(context, kind, delivery);
    message.respond(ACK);
  } catch (cause) {
    const error = StationkitError.is(cause) ? cause : toStationkitError(cause, {});
    const again = !isHopeless(error);
    message.respond(again ? tryAgain(delivery.deliveries) : GIVE_UP);
    context.emitter.emit("failed", error, { kind, subject: delivery.subject, payload: message.data, again });
  }
}

const ACK = Buffer.from("+ACK");
const GIVE_UP = Buffer.from("+TERM");

/** Waits longer each time, until the event is a day old and its stream drops it. @param deliveries - from 1. */
function tryAgain(deliveries: number): Uint8Array {
  const delayMs = Math.min(LONGEST_RETRY_DELAY_MS, FIRST_RETRY_DELAY_MS * 2 ** Math.min(deliveries - 1, 10));
  return Buffer.from(`-NAK {"delay": ${delayMs * NANOSECONDS_PER_MS}}`);
}

/** A message that is gone, and a request that nats-server takes for nonsense (10003, "bad request"): made from what the event says. */
const HOPELESS_SERVER_ERRORS: readonly (number | undefined)[] = [NO_MESSAGE_FOUND, 10003];

/**
 * Whether it will be the same every time: nonsense, about what is gone, or too large with its story. All else may be mended, by time or an
 * operator.
 */
function isHopeless(error: StationkitError): boolean {
  return (
    error instanceof UsageError ||
    error instanceof MalformedMessageError ||
    error instanceof StationNotFoundError ||
    error instanceof PayloadTooLargeError ||
    HOPELESS_SERVER_ERRORS.includes(serverErrorCode(error))
  );
}
