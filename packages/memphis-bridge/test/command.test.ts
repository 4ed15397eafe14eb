import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNats } from "@stationkit/embedded-nats";
import { createMemphisInstance } from "memphis-dev";
import { describe, expect, it, vi } from "vitest";
import { useCommand } from "./support/program.js";
import { address, AUTHORIZATION, connectMemphis, LOGIN } from "./support/stage.js";

const start = useCommand();
const LISTENS = "serving Memphis clients";

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("memphis-bridge", () => {
  it("serves a server that is there, and ends at SIGTERM with 0", async () => {
    await using server = await startNats({ config: { authorization: AUTHORIZATION } });
    const command = start(["--server", server.url], { NATS_USER: LOGIN.username, NATS_PASSWORD: LOGIN.password });
    await command.until(LISTENS);
    const memphis = await connectMemphis(server.port);
    await memphis.station({ name: "orders" });
    await command.until("$memphis_station_creations: ok");
    await expect(memphis.station({ name: "a b" })).rejects.toThrow();
    await command.until("refused: Station name refused");
    await memphis.close();
    command.process.kill("SIGTERM");
    expect(await command.ended).toBe(0);
  });

  it("brings a server of its own, with Memphis's users, and ends it at Ctrl-C; its messages may stay", async () => {
    const [port, storeDir] = [await freePort(), await mkdtemp(join(tmpdir(), "memphis-bridge-store-"))];
    try {
      for (const expected of [["m"], ["m", "m"]]) {
        const command = start([
          "--embedded",
          "--port",
          String(port),
          "--store-dir",
          storeDir,
          "--user",
          "app:secret12",
        ]);
        await command.until("its own server is on");
        const memphis = await createMemphisInstance().connect({
          ...{ ...address(port), username: "app", password: "secret12" },
        });
        const message = { stationName: "s", producerName: "p", message: "m", asyncProduce: false };
        await memphis.produce(message);
        const messages = await memphis.fetchMessages({ stationName: "s", consumerName: `c${expected.length}` });
        expect(messages.map((one) => Buffer.from(one.getData()).toString())).toEqual(expected);
        await memphis.close();
        command.process.kill("SIGINT");
        expect(await command.ended).toBe(0);
        await expect(connectMemphis(port)).rejects.toThrow();
      }
    } finally {
      await rm(storeDir, { recursive: true, force: true });
    }
  });

  it("lets in whoever has the connection token, as Memphis did before it had passwords", async () => {
    const port = await freePort();
    const command = start(["--embedded", "--port", String(port), "--connection-token", "memphis-token"]);
    await command.until("its own server is on");
    const connectionToken = "memphis-token";
    const memphis = await createMemphisInstance().connect({
      ...{ ...address(port), username: "root", connectionToken },
    });
    await memphis.station({ name: "s" });
    await memphis.close();
    command.process.kill("SIGTERM");
    expect(await command.ended).toBe(0);
  });

  it("goes on when its server is restarted", async () => {
    await using server = await startNats();
    const command = start(["--server", server.url]);
    await command.until(LISTENS);
    await server.restart();
    await command.until("connection: reconnected");
    const memphis = await connectMemphis(server.port);
    await vi.waitFor(() => memphis.station({ name: "s" }), { timeout: 20_000, interval: 100 });
    await memphis.close();
    command.process.kill("SIGTERM");
    expect(await command.ended).toBe(0);
  });

  it("says in one line that the port of its own server is taken, and which option takes another", async () => {
    await using server = await startNats();
    const command = start(["--embedded", "--port", String(server.port)]);
    expect(await command.ended).toBe(1);
    expect(command.output()).toMatch(
      /^memphis-bridge: nats-server ended .*address already in use.*; --port takes another port\n$/,
    );
  });

  it.each([
    [["--nonsense"], 2, /nonsense/],
    [["--port", "1", "--server", "127.0.0.1:1"], 2, /--port cannot be used without --embedded/],
    [["--embedded", "--server", "127.0.0.1:1"], 2, /--server cannot be used with --embedded/],
    [["--embedded", "--user", "root"], 2, /NAME:WORD/],
    [["--server", "127.0.0.1:1", "--replicas", "9"], 2, /--replicas/],
    [["--server", "127.0.0.1:1", "--inbox-prefix", "a b"], 2, /inboxPrefixes/],
    [["--server", "127.0.0.1:1", "--creds", "missing.creds"], 2, /missing\.creds[^]*Try memphis-bridge --help/],
    [["--server", "http://127.0.0.1:1"], 2, /Try memphis-bridge --help/],
    [["--embedded", "--root-password", ""], 2, /must not be empty/],
    [["--server", "127.0.0.1:1"], 1, /127\.0\.0\.1:1/],
    [["--help"], 0, /--server URL/],
    [["--version"], 0, /^\d+\.\d+\.\d+/],
  ])("ends %j with %d", async (args, code, output) => {
    const command = start(args);
    expect(await command.ended).toBe(code);
    expect(command.output()).toMatch(output);
  });
});
