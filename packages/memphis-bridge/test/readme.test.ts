import { readdir, readFile } from "node:fs/promises";
import { afterEach, describe, expect, it, vi } from "vitest";

const examples = new URL("./examples/", import.meta.url);
const names = (await readdir(examples)).sort();
const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the README", () => {
  it("shows exactly the example files, word for word", async () => {
    const sources = await Promise.all(names.map((name) => readFile(new URL(name, examples), "utf8")));
    expect([...blocks].sort()).toEqual(sources.sort());
  });

  it.each(names)("tells what %s prints", async (name) => {
    const source = await readFile(new URL(name, examples), "utf8");
    const told = [...source.matchAll(/console\.log\(.*; \/\/ (.+)$/gm)].map(([, text]) => text);
    expect(told).not.toEqual([]);

    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await import(new URL(name, examples).href);
    expect(log.mock.calls.map((values) => values.map(String).join(" "))).toEqual(told);
  });

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
