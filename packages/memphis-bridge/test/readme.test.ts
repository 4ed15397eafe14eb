import { readFile } from "node:fs/promises";
import { testReadme } from "@stationkit/test-kit/vitest";
import { describe, expect, it } from "vitest";

describe("the README", async () => {
  const readme = await testReadme(new URL("../", import.meta.url));

  it("names, for each call of memphis-dev, tests that there are", async () => {
    const rows = [...readme.matchAll(/^\| `.*\| `([a-z-]+\.test\.ts)` *\| (.*?) *\|$/gm)];
    expect(rows.length).toBeGreaterThan(25);
    for (const [, file, titles] of rows) {
      const source = await readFile(new URL(file!, import.meta.url), "utf8");
      for (const title of titles!.split("; ")) expect(source).toContain(title);
    }
  });

  it.each(["memphis", "producer", "consumer", "message", "station"])(
    "leaves out no public method of memphis-dev's %s",
    async (file) => {
      const types = await readFile(new URL(`${file}.d.ts`, import.meta.resolve("memphis-dev")), "utf8");
      const methods = [...types.matchAll(/^ {4}([a-z]\w+)\(/gm)].map(([, name]) => name!);
      expect(methods).not.toEqual([]);
      const told = new Set([...readme.matchAll(/[`.]([A-Za-z]+)`/g)].map(([, name]) => name));
      const internal = ["constructor", "request"];
      expect(methods.filter((name) => !told.has(name) && !internal.includes(name))).toEqual([]);
    },
  );
});
