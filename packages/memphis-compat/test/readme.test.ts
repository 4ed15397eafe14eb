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
});
