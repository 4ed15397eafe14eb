import { jetstream, type JetStreamPublishOptions } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { type Arena, type Contender, PUBLISH_WINDOW, type Session } from "../contender/contender.js";
import { messageIds } from "./message-ids.js";
import { sendInWindow } from "./in-window.js";

const TUNED = "noAsyncTraces: true (without it each publish captures a stack)";
const AS_INSTALLED = "connection options as they come";

/** `js.publish` of nats.js 3 in a window; per-message options or none. */
async function openPublisher(
  { server, station, payload }: Arena,
  options: () => Partial<JetStreamPublishOptions> | undefined,
  noAsyncTraces = true,
): Promise<Session> {
  const connection = await connect({ servers: server, noAsyncTraces });
  const js = jetstream(connection);
  const subject = `${station}$1.final`;
  const send = (): Promise<unknown> => js.publish(subject, payload, options());
  return {
    run: (count, window) => sendInWindow(count, window, send),
    send,
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

function openWithIds(arena: Arena, noAsyncTraces?: boolean): Promise<Session> {
  const nextId = messageIds();
  return openPublisher(arena, () => ({ msgID: nextId() }), noAsyncTraces);
}

export const natsJs: Contender = {
  name: "nats.js",
  title: "nats.js, msgID",
  kind: "peer",
  settings: `js.publish with msgID in a window; ${TUNED}`,
  sequential: false,
  window: PUBLISH_WINDOW,
  open: (arena) => openWithIds(arena),
};

export const natsJsNoIds: Contender = {
  name: "nats.js-no-ids",
  title: "nats.js, no msgID",
  kind: "peer",
  settings: `js.publish without msgID in a window; ${TUNED}`,
  sequential: false,
  window: PUBLISH_WINDOW,
  open: (arena) => openPublisher(arena, () => undefined),
};

export const natsJsAsInstalled: Contender = {
  ...natsJs,
  name: "nats.js-as-installed",
  title: "nats.js, msgID, as installed",
  settings: `js.publish with msgID in a window; ${AS_INSTALLED}`,
  open: (arena) => openWithIds(arena, false),
};

export const natsJsNoIdsAsInstalled: Contender = {
  ...natsJsNoIds,
  name: "nats.js-no-ids-as-installed",
  title: "nats.js, no msgID, as installed",
  settings: `js.publish without msgID in a window; ${AS_INSTALLED}`,
  open: (arena) => openPublisher(arena, () => undefined, false),
};

export const natsJsSequential: Contender = {
  name: "nats.js-sequential",
  title: "nats.js, sequential",
  kind: "peer",
  settings: `js.publish with msgID, each awaited before the next; ${TUNED}`,
  sequential: true,
  open: async (arena) => {
    const session = await openWithIds(arena);
    return { ...session, run: (count) => session.run(count, 1) };
  },
};
