import { connect, type JetStreamPublishOptions } from "nats";
import { type Arena, type Contender, PUBLISH_WINDOW, type Session } from "../contender/contender.js";
import { messageIds } from "./message-ids.js";
import { sendInWindow } from "./in-window.js";

async function openPublisher(
  { server, station, payload }: Arena,
  options: () => Partial<JetStreamPublishOptions> | undefined,
): Promise<Session> {
  const connection = await connect({ servers: server, noAsyncTraces: true });
  const js = connection.jetstream();
  const subject = `${station}$1.final`;
  const send = (): Promise<unknown> => js.publish(subject, payload, options());
  return {
    run: (count, window) => sendInWindow(count, window, send),
    send,
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

export const natsV2: Contender = {
  name: "nats-v2",
  title: "nats v2, msgID",
  kind: "peer",
  settings: "js.publish with msgID in a window; noAsyncTraces: true",
  sequential: false,
  window: PUBLISH_WINDOW,
  open: (arena) => {
    const nextId = messageIds();
    return openPublisher(arena, () => ({ msgID: nextId() }));
  },
};

export const natsV2NoIds: Contender = {
  name: "nats-v2-no-ids",
  title: "nats v2, no msgID",
  kind: "peer",
  settings: "js.publish without msgID in a window; noAsyncTraces: true",
  sequential: false,
  window: PUBLISH_WINDOW,
  open: (arena) => openPublisher(arena, () => undefined),
};
