import { readdir, readFile } from "node:fs/promises";
import { afterEach, expect, it, vi } from "vitest";

/**
 * Tests of a README whose snippets are the files of `test/examples`: it shows them word for word, and each prints what its comments tell.
 * @param folder - of the package, with a slash at the end.
 * @returns the text of the README.
 */
export async function testReadme(folder: URL): Promise<string> {
  const examples = new URL("test/examples/", folder);
  const names = (await readdir(examples)).sort();
  const readme = await readFile(new URL("README.md", folder), "utf8");

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("shows exactly the example files, word for word", async () => {
    const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? "");
    const sources = await Promise.all(names.map((name) => readFile(new URL(name, examples), "utf8")));
    expect(blocks.sort()).toEqual(sources.sort());
  });

  it.each(names)("tells what %s prints", async (name) => {
    const source = await readFile(new URL(name, examples), "utf8");
    const told = [...source.matchAll(/console\.log\(.*; \/\/ (.+)$/gm)].map(([, text]) => text);
    expect(told).not.toEqual([]);

    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await import(new URL(name, examples).href);
    expect(log.mock.calls.map((values) => values.map(String).join(" "))).toEqual(told);
  });
  return readme;
}
