import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startTcpProxy, type TcpProxy } from "../src/index.js";

/** One end of a connection, and what it has heard. */
class End {
  heard = "";
  closed = false;
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => (this.heard += text));
    socket.on("close", () => (this.closed = true));
    // A reset is what some tests are about.
    socket.on("error", () => undefined);
  }

  say(text: string): void {
    this.socket.write(text);
  }
}

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const release of opened.splice(0).reverse()) await release();
});

/** A server and the proxy before it. */
async function start(): Promise<{ proxy: TcpProxy; dial: () => Promise<{ client: End; server: End }> }> {
  const accepted: End[] = [];
  const server = createServer((socket) => accepted.push(new End(socket)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await startTcpProxy({ port: (server.address() as AddressInfo).port });
  opened.push(
    () => server.close(),
    () => proxy[Symbol.asyncDispose](),
  );
  return {
    proxy,
    async dial() {
      const before = accepted.length;
      const client = new End(connect({ host: "127.0.0.1", port: proxy.port }));
      opened.push(() => client.socket.destroy());
      await vi.waitFor(() => {
        expect(accepted.length).toBe(before + 1);
      });
      return { client, server: accepted[before]! };
    },
  };
}

async function expectHeard(end: End, text: string): Promise<void> {
  await vi.waitFor(() => {
    expect(end.heard).toBe(text);
  }, 5_000);
}

async function expectClosed(end: End): Promise<void> {
  await vi.waitFor(() => {
    expect(end.closed).toBe(true);
  }, 5_000);
}

describe("the proxy", () => {
  it("passes bytes on both ways, and the end of either side", async () => {
    const { proxy, dial } = await start();
    const [first, second] = [await dial(), await dial()];
    first.client.say("to the server");
    first.server.say("to the client");
    await expectHeard(first.server, "to the server");
    await expectHeard(first.client, "to the client");
    first.client.socket.destroy();
    second.server.socket.destroy();
    await expectClosed(first.server);
    await expectClosed(second.client);
    expect([proxy.accepted, proxy.open]).toEqual([2, 0]);
  });

  it("cuts what is open, and passes on what is opened afterwards", async () => {
    const { proxy, dial } = await start();
    const before = await dial();
    proxy.cut();
    await expectClosed(before.client);
    await expectClosed(before.server);
    const after = await dial();
    after.client.say("again");
    await expectHeard(after.server, "again");
  });

  it("stalls one direction and loses nothing of it, while the other goes on", async () => {
    const { proxy, dial } = await start();
    const { client, server } = await dial();
    proxy.stall("to-client");
    server.say("late");
    client.say("at once");
    await expectHeard(server, "at once");
    expect(client.heard).toBe("");
    proxy.restore();
    await expectHeard(client, "late");
  });

  it("stalls new connections, too", async () => {
    const { proxy, dial } = await start();
    proxy.stall("to-server");
    const { client, server } = await dial();
    client.say("late");
    server.say("at once");
    await expectHeard(client, "at once");
    expect(server.heard).toBe("");
    proxy.restore();
    await expectHeard(server, "late");
  });

  it("delays without changing the order", async () => {
    const { proxy, dial } = await start();
    const { client, server } = await dial();
    let delay = 100;
    proxy.delay("to-server", () => (delay -= 20));
    const startedAt = Date.now();
    for (const text of "abcd") {
      client.say(text);
      await new Promise(setImmediate);
    }
    await expectHeard(server, "abcd");
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(75);
  });

  it("drops one direction while the other arrives, and cuts afterwards", async () => {
    const { proxy, dial } = await start();
    const { client, server } = await dial();
    proxy.drop("to-client");
    client.say("arrives");
    await expectHeard(server, "arrives");
    server.say("does not");
    await vi.waitFor(() => {
      expect(proxy.droppedBytes).toBe("does not".length);
    });
    proxy.restore();
    await expectClosed(client);
    await expectClosed(server);
    expect(client.heard).toBe("");
    expect(proxy.droppedBytes).toBe("does not".length);
  });

  it("leaves a half-open connection to a client, until it is restored", async () => {
    const { proxy, dial } = await start();
    const { client, server } = await dial();
    proxy.halfOpen();
    await expectClosed(server);
    client.say("into the void");
    await vi.waitFor(() => {
      expect(proxy.droppedBytes).toBe("into the void".length);
    });
    expect(client.closed).toBe(false);
    const other = await dial();
    other.client.say("works");
    await expectHeard(other.server, "works");
    proxy.restore();
    await expectClosed(client);
    expect(other.client.closed).toBe(false);
  });
});
