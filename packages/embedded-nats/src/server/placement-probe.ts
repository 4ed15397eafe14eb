import { randomUUID } from "node:crypto";
import { connect } from "node:net";

/** `unknown`: this server does not let a stranger ask (TLS, a login, an account without JetStream). */
export type Placement = "possible" | "not-yet" | "unknown";

const subject = "$JS.API.STREAM.CREATE.EMBEDDED_READY";
/** Tags that no node has: the request is refused whatever the cluster's state is, and leaves nothing behind but the refusal. */
const impossible = {
  name: "EMBEDDED_READY",
  subjects: ["_EMBEDDED.READY.STREAM"],
  retention: "limits",
  storage: "file",
  num_replicas: 1,
  placement: { tags: ["no-node-has-this-tag"] },
};

/**
 * Asks the meta leader, through a client port, for a stream that cannot be placed, and reads from the refusal whether it knows enough of
 * every node to place one. A node of which it has no usage report counts as offline there, and no monitoring address shows that: a
 * report comes 250 ms after a node's start and then ever more seldom, and one that is sent before the route is up is lost.
 * Also shows that requests through this port reach the leader, and its answers come back.
 * @see nats-server server/jetstream_cluster.go selectPeerGroup, server/events.go startStatszTimer
 */
export function probePlacement(port: number, timeoutMs = 1_000): Promise<Placement> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const done = (placement: Placement): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(placement);
    };
    let received = "";
    const timer = setTimeout(() => {
      // A server that speaks TLS first says nothing before the handshake.
      done(received === "" ? "unknown" : "not-yet");
    }, timeoutMs);
    let asked = false;
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      received += chunk;
      if (!asked && received.includes("\r\n")) {
        const info = /^INFO (\{.*\})\s*\r\n/.exec(received)?.[1];
        if (info === undefined || isClosedToStrangers(info)) {
          done("unknown");
          return;
        }
        asked = true;
        socket.write(request());
      }
      const answer = readAnswer(received);
      if (answer !== undefined) done(answer);
    });
    socket.once("error", () => {
      done("not-yet");
    });
    socket.once("close", () => {
      done("not-yet");
    });
  });
}

function isClosedToStrangers(info: string): boolean {
  const { auth_required, tls_required } = JSON.parse(info) as { auth_required?: boolean; tls_required?: boolean };
  return auth_required === true || tls_required === true;
}

function request(): string {
  const options = {
    verbose: false,
    pedantic: false,
    lang: "stationkit",
    version: "0",
    headers: true,
    no_responders: true,
  };
  const payload = JSON.stringify(impossible);
  // One of its own each time: several nodes are asked at once, and an inbox reaches all of the cluster.
  const inbox = `_INBOX.${randomUUID()}`;
  return `CONNECT ${JSON.stringify(options)}\r\nSUB ${inbox} 1\r\nPUB ${subject} ${inbox} ${payload.length}\r\n${payload}\r\n`;
}

/** undefined while no whole answer is there. */
function readAnswer(received: string): Placement | undefined {
  // No subscriber at all for the JetStream API: an account without it. Or a permission is missing.
  if (received.includes("NATS/1.0 503") || received.includes("-ERR ")) return "unknown";
  const message = /\r\nMSG \S+ 1 (\d+)\r\n([^]*)/.exec(received);
  const size = Number(message?.[1]);
  const body = message?.[2];
  if (body === undefined || body.length < size) return undefined;
  const { error } = JSON.parse(body.slice(0, size)) as { error?: { err_code?: number; description?: string } };
  const isOffline = error?.description?.includes("peer offline") === true;
  // 10008: the leader has been lost again.
  return isOffline || error?.err_code === 10_008 ? "not-yet" : "possible";
}
