import { connect, type Socket } from "node:net";

/** Which way bytes go. */
export type Direction = "to-server" | "to-client";

/** What happens to the bytes of one direction. */
export type Flow =
  | { readonly type: "pass" }
  /** Not read any more: they wait, in this process and in the sockets' buffers. */
  | { readonly type: "stall" }
  /** Read, and thrown away. */
  | { readonly type: "drop" }
  /** Passed on after so many milliseconds, in order. */
  | { readonly type: "delay"; readonly ms: () => number };

/** One client of the proxy, and its own connection to the server. */
export class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #pipes: Readonly<Record<Direction, Pipe>>;
  #isHalfOpen = false;

  constructor(client: Socket, port: number, onEnd: (link: Link) => void) {
    const server = connect({ host: "127.0.0.1", port });
    this.#client = client;
    this.#server = server;
    this.#pipes = { "to-server": new Pipe(client, server), "to-client": new Pipe(server, client) };
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // The close that follows is what counts.
      socket.on("error", () => undefined);
    }
    // What was read before the other side went must not arrive after a cut: the sockets end together.
    server.on("close", () => {
      if (!this.#isHalfOpen) client.destroy();
    });
    client.on("close", () => {
      server.destroy();
      onEnd(this);
    });
  }

  /** Bytes thrown away so far. */
  get droppedBytes(): number {
    return this.#pipes["to-server"].droppedBytes + this.#pipes["to-client"].droppedBytes;
  }

  /** Whether bytes are missing in the middle of a stream, or its other end is gone: it can then only be cut. */
  get isBroken(): boolean {
    return this.#isHalfOpen || this.droppedBytes > 0;
  }

  set(direction: Direction, flow: Flow): void {
    this.#pipes[direction].set(flow);
  }

  /** Ends both sides at once, with a reset. */
  cut(): void {
    this.#client.resetAndDestroy();
    this.#server.destroy();
  }

  /** Ends the server's side and leaves the client's open: nothing comes from it any more, and what it sends is thrown away. */
  halfOpen(): void {
    this.#isHalfOpen = true;
    this.#server.destroy();
    this.set("to-client", { type: "drop" });
    this.set("to-server", { type: "drop" });
  }
}

/** One direction of a link. */
class Pipe {
  droppedBytes = 0;
  readonly #from: Socket;
  readonly #to: Socket;
  #flow: Flow = { type: "pass" };
  /** Delayed pieces, in order: one timer, so that a later piece never overtakes an earlier one. */
  readonly #late: { readonly due: number; readonly bytes: Buffer }[] = [];
  #isTimed = false;

  constructor(from: Socket, to: Socket) {
    this.#from = from;
    this.#to = to;
    from.on("data", (bytes) => {
      this.#take(bytes);
    });
    to.on("drain", () => {
      if (this.#flow.type !== "stall") from.resume();
    });
  }

  set(flow: Flow): void {
    this.#flow = flow;
    if (flow.type === "stall") this.#from.pause();
    else this.#from.resume();
  }

  #take(bytes: Buffer): void {
    if (this.#flow.type === "drop") {
      this.droppedBytes += bytes.length;
      return;
    }
    if (this.#flow.type === "pass" && this.#late.length === 0) {
      this.#pass(bytes);
      return;
    }
    this.#late.push({ due: this.#flow.type === "delay" ? Date.now() + this.#flow.ms() : 0, bytes });
    if (!this.#isTimed) this.#passLate();
  }

  #passLate(): void {
    let first = this.#late[0];
    for (; first !== undefined && first.due <= Date.now(); first = this.#late[0]) {
      this.#late.shift();
      this.#pass(first.bytes);
    }
    this.#isTimed = first !== undefined;
    if (first !== undefined)
      setTimeout(() => {
        this.#passLate();
      }, first.due - Date.now());
  }

  #pass(bytes: Buffer): void {
    if (this.#to.destroyed) return;
    if (!this.#to.write(bytes)) this.#from.pause();
  }
}
