import { readdir, readFile } from "node:fs/promises";
import { get } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";

/** The ports that a running nats-server listens on, all on 127.0.0.1. */
export interface ServerPorts {
  readonly client: number;
  readonly monitor: number;
}

/**
 * Reads the file in which nats-server names the ports it got; undefined while it is not there or not written to its end.
 * @see nats-server server/server.go, logPorts
 */
export async function readPortsFile(directory: string, pid: number): Promise<ServerPorts | undefined> {
  try {
    // Named after the executable, which need not be called nats-server.
    const name = (await readdir(directory)).find((file) => file.endsWith(`_${pid}.ports`)) ?? "";
    const text = await readFile(join(directory, name), "utf8");
    const ports = JSON.parse(text) as Partial<Record<"nats" | "monitoring", string[]>>;
    return { client: portOf(ports.nats), monitor: portOf(ports.monitoring) };
  } catch {
    // Both "not yet" (no file, half a file) and "never" look the same from here; the caller has the deadline.
    return undefined;
  }
}

function portOf(urls: string[] | undefined): number {
  // "nats:" is not a scheme whose port URL would leave out, but "tls://" and "http://" have to be read alike.
  const port = Number(/:(\d+)\/?$/.exec(urls?.[0] ?? "")?.[1]);
  if (!Number.isInteger(port)) throw new Error("no port");
  return port;
}

/**
 * Whether a client would be greeted: the INFO line arrives. A server that speaks TLS first says nothing before the handshake; it counts
 * when the connection stands for `silentMs`.
 */
export function greetsClients(port: number, silentMs = 500): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const done = (greeted: boolean): void => {
      socket.destroy();
      resolve(greeted);
    };
    socket.setTimeout(silentMs, () => {
      done(socket.readyState === "open");
    });
    socket.once("data", (chunk) => {
      done(chunk.toString("latin1").startsWith("INFO "));
    });
    socket.once("error", () => {
      done(false);
    });
    socket.once("close", () => {
      resolve(false);
    });
  });
}

/** What a monitoring address answers; undefined when it does not answer within a second. */
export function askMonitor(monitorUrl: string, path: string): Promise<{ status: number; body: string } | undefined> {
  return new Promise((resolve) => {
    const request = get(`${monitorUrl}${path}`, { agent: false, timeout: 1_000 }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
      response.on("error", () => {
        resolve(undefined);
      });
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => {
      resolve(undefined);
    });
  });
}
