import type { Connection } from "@stationkit/core-protocol";
import { CONTROL_QUEUE_GROUP, CONTROL_SUBJECT } from "@stationkit/core-protocol/control";

/** One request or event as it was on the wire. */
export interface RecordedMessage {
  readonly subject: string;
  /** The body, parsed; undefined when it is no JSON. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  readonly bytes: Uint8Array;
  /** Whether it had a header block, even an empty one. */
  readonly hasHeaders: boolean;
  /** Whether somebody waits for an answer. */
  readonly wantsReply: boolean;
}

/** Gives the answer; undefined for none. */
export type Respond = (message: RecordedMessage) => Promise<Uint8Array | string | undefined>;

/** Listens to every subject on which clients speak to a broker. @returns how to stop. */
export function recordControlPlane(connection: Connection, respond: Respond): () => void {
  const { natsConnection } = connection;
  const keys = Object.keys(CONTROL_QUEUE_GROUP) as (keyof typeof CONTROL_QUEUE_GROUP)[];
  const subscriptions = keys.map((key) => {
    const subject = CONTROL_SUBJECT[key];
    return natsConnection.subscribe(subject, {
      queue: CONTROL_QUEUE_GROUP[key],
      callback: (error, message) => {
        if (error !== null) return;
        const recorded: RecordedMessage = {
          subject,
          json: tryParse(message.data),
          bytes: message.data,
          hasHeaders: message.headers !== undefined,
          wantsReply: (message.reply ?? "") !== "",
        };
        void respond(recorded).then((answer) => {
          if (answer !== undefined && recorded.wantsReply) message.respond(answer);
        });
      },
    });
  });
  return () => {
    for (const subscription of subscriptions) subscription.unsubscribe();
  };
}

function tryParse(data: Uint8Array): RecordedMessage["json"] {
  try {
    return JSON.parse(Buffer.from(data).toString("utf8")) as RecordedMessage["json"];
  } catch {
    return undefined;
  }
}
