import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freshName } from "@stationkit/test-kit/vitest";
import { expect, it } from "vitest";
import { useBroker } from "./support/broker.js";

const broker = useBroker();

/** What the server's removal of an earlier stream of that name leaves for a moment, made to last: its next deletion fails. */
async function blockRemoval(storeDir: string, stream: string): Promise<void> {
  const entries = await readdir(storeDir, { recursive: true });
  const directory = entries.find((entry) => entry.endsWith(join("streams", stream)));
  if (directory === undefined) throw new Error(`no directory of ${stream} below ${storeDir}`);
  const removed = join(storeDir, directory, "..", `.${stream}`);
  await mkdir(removed);
  await writeFile(join(removed, "1.blk"), "x");
}

it.skipIf(process.env["BROKER_URL"] !== undefined)(
  "a station made again does not begin with messages that the server failed to remove",
  async () => {
    const name = freshName();
    await broker.admin.create({ name, partitions: 2 });
    await broker.publish(name, 1, 3);
    await broker.publish(name, 2, 3);
    for (const partition of [1, 2]) await blockRemoval(broker.server!.storeDir, `${name}$${partition}`);
    await broker.admin.destroy(name);
    await broker.admin.create({ name, partitions: 2 });
    expect((await broker.admin.describe(name)).totals.messages).toBe(0);
    // The server has brought them back: without that, this test would show nothing.
    expect((await broker.admin.describe(name)).partitions.map((one) => one.lastSequence)).toEqual([3, 3]);
    await broker.publish(name, 1);
    await broker.admin.ensure({ name });
    expect((await broker.admin.describe(name)).totals.messages).toBe(1);
  },
);
