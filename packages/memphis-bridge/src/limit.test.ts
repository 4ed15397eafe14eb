import { expect, it } from "vitest";
import { Limit } from "./limit.js";

it("runs so much at once, and the rest in order, also after failures", async () => {
  const limit = new Limit(2);
  const started: number[] = [];
  const finish: (() => void)[] = [];
  const work = [0, 1, 2, 3, 4].map((number) =>
    limit.run(async () => {
      started.push(number);
      await new Promise<void>((resolve) => finish.push(resolve));
      if (number === 0) throw new Error("first");
      return number;
    }),
  );
  const first = expect(work[0]).rejects.toThrow("first");
  await Promise.resolve();
  expect(started).toEqual([0, 1]);
  finish[0]?.();
  await first;
  await expect.poll(() => started).toEqual([0, 1, 2]);
  for (const index of [1, 2]) finish[index]?.();
  await expect.poll(() => started).toEqual([0, 1, 2, 3, 4]);
  for (const index of [3, 4]) finish[index]?.();
  expect(await Promise.all(work.slice(1))).toEqual([1, 2, 3, 4]);
});
