import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** Looks at bytes on their way. @returns how many of them still pass before both sides are cut off; undefined: all, and no cut. */
export type Cut = (bytes: Buffer) => number | undefined;

/** A way to a server that can be cut within a message. */
export interface CuttingProxy extends AsyncDisposable {
  readonly address: string;
  /** Set by the test; taken back by the first cut. */
  fromClient: Cut | undefined;
  fromServer: Cut | undefined;
}

export async function startCuttingProxy(serverPort: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, "127.0.0.1");
    const both = [client, upstream];
    const end = (): void => {
      for (const socket of both) {
        socket.destroy();
        sockets.delete(socket);
      }
    };
    for (const socket of both) {
      sockets.add(socket);
      socket.on("error", end).on("close", end);
    }
    const relay = (from: Socket, to: Socket, side: "fromClient" | "fromServer"): void => {
      from.on("data", (bytes: Buffer) => {
        const passing = proxy[side]?.(bytes);
        if (passing === undefined) {
          to.write(bytes);
          return;
        }
        proxy[side] = undefined;
        // What passes is to arrive, so the far side is ended and not torn off.
        to.end(bytes.subarray(0, passing));
        from.destroy();
      });
    };
    relay(client, upstream, "fromClient");
    relay(upstream, client, "fromServer");
  });
  const proxy: CuttingProxy = {
    address: "",
    fromClient: undefined,
    fromServer: undefined,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(proxy, { address: `127.0.0.1:${(server.address() as AddressInfo).port}` });
}

/** Cuts in front of a text, once it comes by in one piece. */
export function before(text: string): Cut {
  return (bytes) => {
    const at = bytes.indexOf(text);
    return at < 0 ? undefined : at;
  };
}
