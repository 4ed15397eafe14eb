import { createServer, type AddressInfo, type Socket } from "node:net";
import { vi } from "vitest";

/** A TCP server that is no nats-server. */
export interface TcpServer extends AsyncDisposable {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  /** Sockets that clients have open now. */
  readonly openSockets: number;
  /** How many were ever opened. */
  readonly accepted: number;
}

/** Listens on a free port; `onSocket` may speak, or not. */
export async function startTcpServer(onSocket: (socket: Socket) => void = () => undefined): Promise<TcpServer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    socket.resume();
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await vi.waitFor(() => {
    if (!server.listening) throw new Error("not listening yet");
  }, 20_000);
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get openSockets() {
      return sockets.size;
    },
    get accepted() {
      return accepted;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An address where nobody listens: it was free a moment ago. */
export async function deadAddress(): Promise<string> {
  const server = await startTcpServer();
  await server[Symbol.asyncDispose]();
  return server.address;
}
