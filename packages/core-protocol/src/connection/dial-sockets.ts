import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";

/** @see https://nodejs.org/api/diagnostics_channel.html#net */
const CHANNEL = "net.client.socket";

const storage = new AsyncLocalStorage<DialSockets>();
let dials = 0;

function onSocket(message: unknown): void {
  storage.getStore()?.add((message as { socket: Socket }).socket);
}

/**
 * The sockets that one first connect opens. nats.js leaves the socket open when a server accepts it and never speaks, or never
 * answers the SYN, and gives no handle to it before it has succeeded; such a socket keeps a process alive.
 */
export class DialSockets {
  readonly #sockets = new Set<Socket>();
  readonly #controller = new AbortController();
  #newest: Socket | undefined;

  /** For `tls.connect`, whose sockets the channel does not tell of when it opens them itself (`handshakeFirst`). */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Runs a dial and notes its sockets. Only meanwhile: async hooks cost every promise of the process a little. */
  async run<Result>(dial: () => Promise<Result>): Promise<Result> {
    if (dials++ === 0) subscribe(CHANNEL, onSocket);
    try {
      return await storage.run(this, dial);
    } finally {
      if (--dials === 0) {
        unsubscribe(CHANNEL, onSocket);
        storage.disable();
      }
    }
  }

  add(socket: Socket): void {
    this.#sockets.add(socket);
    this.#newest = socket;
    // The channel speaks before the socket is connecting, and destroying it then would be overtaken.
    if (this.signal.aborted) setImmediate(() => socket.destroy());
  }

  /** Whether the newest socket is gone. */
  get isCutOff(): boolean {
    return this.#newest?.destroyed ?? false;
  }

  /** Ends what was opened, and what this dial still opens. */
  destroy(): void {
    this.#controller.abort();
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }
}
