import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { InvalidOptionsError, startCluster } from "../src/index.js";
import { makeStream, publish, storedCount } from "./support/jetstream-requests.js";
import { temporaryDirectory } from "./support/temporary-directory.js";

const root = temporaryDirectory();

it("of three is ready for a stream with three replicas, and outlives the loss of any one node", async () => {
  await using cluster = await startCluster();
  expect(cluster.urls).toHaveLength(3);
  expect(new Set(cluster.urls).size).toBe(3);
  expect(cluster.servers.map(({ name }) => name)).toEqual(["embedded-1", "embedded-2", "embedded-3"]);
  await Promise.all(["orders", "invoices", "parcels"].map((name, node) => makeStream(cluster.urls[node]!, name, 3)));
  await publish(cluster.urls[1]!, "orders", 10);

  const [victim, survivor] = cluster.servers;
  await victim!.kill();
  await cluster.ready();
  expect(await storedCount(survivor!.url, "orders")).toBe(10);
  await victim!.restart();
  await cluster.ready();
  expect(victim!.url).toBe(cluster.urls[0]);
  expect(await storedCount(victim!.url, "orders")).toBe(10);

  const directories = cluster.servers.map(({ configFile }) => dirname(configFile));
  await cluster.stop();
  expect(cluster.servers.map(({ pid }) => pid)).toEqual([undefined, undefined, undefined]);
  expect(directories.filter((directory) => existsSync(directory))).toEqual([]);
});

it("comes back on the same stores when all nodes were killed", async () => {
  const storeDir = join(root, "cluster");
  await using cluster = await startCluster({ name: "c", storeDir });
  expect(cluster.servers[2]?.storeDir).toBe(join(storeDir, "c-3"));
  await makeStream(cluster.urls[0]!, "orders", 3);
  await publish(cluster.urls[0]!, "orders", 5);
  await Promise.all(cluster.servers.map((server) => server.kill()));
  await Promise.all(cluster.servers.map((server) => server.restart()));
  // Three nodes that start at the same moment may split their votes a few times (2.10 more often than later servers).
  await cluster.ready({ timeoutMs: 50_000 });
  await expect.poll(() => storedCount(cluster.urls[2]!, "orders").catch(() => 0), { timeout: 20_000 }).toBe(5);
}, 90_000);

it("whose clients need a login is ready, too", async () => {
  await using cluster = await startCluster({ config: { authorization: { user: "a", password: "b" } } });
  const jsz = (await (await fetch(`${cluster.servers[0]!.monitorUrl}/jsz`)).json()) as { meta_cluster: object };
  expect(jsz.meta_cluster).toMatchObject({ leader: expect.stringMatching(/^embedded-[123]$/) as string });
});

it("without JetStream is ready when the routes are up", async () => {
  await using cluster = await startCluster({ size: 2, jetstream: false, config: { max_payload: 4_096 } });
  const routez = (await (await fetch(`${cluster.servers[0]!.monitorUrl}/routez`)).json()) as { num_routes: number };
  expect(routez.num_routes).toBeGreaterThan(0);
});

it("reports when it is not ready in time, with what is missing, and the log", async () => {
  await using cluster = await startCluster();
  await cluster.servers[0]!.kill();
  await cluster.servers[1]!.kill();
  await expect(cluster.ready({ timeoutMs: 300 })).rejects.toMatchObject({
    code: "SK_EMBEDDED_START",
    message: expect.stringContaining("not ready in time (only 1 of 3 nodes run)") as string,
  });
});

it("leaves no node behind when one cannot start", async () => {
  await expect(startCluster({ configText: "max_payload: [}\n" })).rejects.toMatchObject({ code: "SK_EMBEDDED_START" });
  await expect(startCluster({ size: 1 })).rejects.toThrow(InvalidOptionsError);
});
