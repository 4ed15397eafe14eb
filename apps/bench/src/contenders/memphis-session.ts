import type { Memphis } from "memphis-dev";

/** The official SDK, connected; the control plane answers from the benchmark's own process. */
export async function openMemphis(server: string): Promise<Memphis> {
  // Loads NestJS and takes a second; whoever only wants to know the contender need not wait for it.
  const { createMemphisInstance } = await import("memphis-dev");
  const { hostname, port } = new URL(server);
  const memphis = createMemphisInstance();
  await memphis.connect({
    host: hostname,
    port: Number(port),
    username: "bench",
    password: "bench",
    suppressLogs: true,
  });
  return memphis;
}
