import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { type Direction, type Flow, Link } from "./link.js";

/** Stands between clients and a server on 127.0.0.1, and misbehaves on request. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** `nats://127.0.0.1:<port>` */
  readonly url: string;
  /** Connections that clients have open now. */
  readonly open: number;
  /** How many were ever opened. */
  readonly accepted: number;
  /** Bytes thrown away by `drop` and `halfOpen`. */
  readonly droppedBytes: number;
  /** Resets every connection; new ones are passed on. */
  cut(): void;
  /** Bytes of one direction wait, also of new connections, until `restore()`. */
  stall(direction: Direction): void;
  /** Every piece of one direction comes so many milliseconds later, in order, also of new connections. */
  delay(direction: Direction, ms: () => number): void;
  /**
   * Throws away what comes in one direction. A stream with a hole in it is worth nothing afterwards, so `restore()` cuts the
   * connections that missed something; new connections are passed on whole.
   */
  drop(direction: Direction): void;
  /** Ends the server's side of every connection and keeps the client's, which then hears nothing and is told nothing. */
  halfOpen(): void;
  /** Everything passes again; what was broken is cut. */
  restore(): void;
}

/** Listens on a free port of 127.0.0.1. @param port - of the server behind it; it need not be up. */
export async function startTcpProxy({ port }: { readonly port: number }): Promise<TcpProxy> {
  const links = new Set<Link>();
  const lasting = new Map<Direction, Flow>();
  let accepted = 0;
  let droppedBefore = 0;

  const server = createServer((client) => {
    accepted++;
    const link = new Link(client, port, (ended) => {
      links.delete(ended);
      droppedBefore += ended.droppedBytes;
    });
    links.add(link);
    for (const [direction, flow] of lasting) link.set(direction, flow);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const ownPort = (server.address() as AddressInfo).port;

  function forEach(act: (link: Link) => void): void {
    for (const link of [...links]) act(link);
  }
  function setLasting(direction: Direction, flow: Flow): void {
    lasting.set(direction, flow);
    forEach((link) => {
      link.set(direction, flow);
    });
  }

  return {
    port: ownPort,
    url: `nats://127.0.0.1:${ownPort}`,
    get open() {
      return links.size;
    },
    get accepted() {
      return accepted;
    },
    get droppedBytes() {
      return [...links].reduce((sum, link) => sum + link.droppedBytes, droppedBefore);
    },
    cut() {
      forEach((link) => {
        link.cut();
      });
    },
    stall(direction) {
      setLasting(direction, { type: "stall" });
    },
    delay(direction, ms) {
      setLasting(direction, { type: "delay", ms });
    },
    drop(direction) {
      forEach((link) => {
        link.set(direction, { type: "drop" });
      });
    },
    halfOpen() {
      forEach((link) => {
        link.halfOpen();
      });
    },
    restore() {
      lasting.clear();
      forEach((link) => {
        if (link.isBroken) link.cut();
        link.set("to-server", { type: "pass" });
        link.set("to-client", { type: "pass" });
      });
    },
    async [Symbol.asyncDispose]() {
      forEach((link) => {
        link.cut();
      });
      server.close();
      await once(server, "close");
    },
  };
}
