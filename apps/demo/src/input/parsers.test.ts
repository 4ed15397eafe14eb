import { describe, expect, test } from "vitest";
import { createParser, type Format, formatOf } from "./format.js";
import type { InputItem } from "./input-item.js";

interface ParseOptions {
  readonly key?: string;
  readonly maxLineBytes?: number;
  /** Bytes per chunk; default all in one. */
  readonly chunkBytes?: number;
}

async function parse(
  format: Format,
  input: string | Buffer,
  options: ParseOptions = {},
): Promise<{ items: InputItem[]; emptyLines: number }> {
  const bytes = Buffer.from(input as string);
  const parser = createParser(format, { key: options.key, maxLineBytes: options.maxLineBytes ?? 1_000 });
  const items: InputItem[] = [];
  const step = options.chunkBytes ?? Math.max(1, bytes.length);
  for (let start = 0; start < bytes.length; start += step) {
    items.push(...(await parser.parse(bytes.subarray(start, start + step))));
  }
  items.push(...(await parser.end()));
  return { items, emptyLines: parser.emptyLines };
}

/** `line: payload (key)` or `line! problem`. */
function brief(items: readonly InputItem[]): string[] {
  return items.map((item) =>
    item.type === "bad"
      ? `${item.line}! ${item.problem}`
      : `${item.line}: ${Buffer.from(item.payload).toString("utf8")}${item.key === undefined ? "" : ` (${item.key})`}`,
  );
}

describe("lines", () => {
  test.each([1, 2, 3, 7, 1_000])("are cut the same in chunks of %i bytes", async (chunkBytes) => {
    const { items, emptyLines } = await parse("lines", "\ufeffone\r\n\r\ntwo\n\nthree", { chunkBytes });
    expect(brief(items)).toEqual(["1: one", "3: two", "5: three"]);
    expect(emptyLines).toBe(2);
  });

  test("keep bytes that are not UTF-8, and a byte order mark that is not at the beginning", async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x0a, 0xef, 0xbb, 0xbf, 0x41, 0x0d, 0x42]);
    const { items } = await parse("lines", bytes);
    expect(items.map((item) => (item.type === "record" ? [...item.payload] : []))).toEqual([
      [0xff, 0xfe],
      [0xef, 0xbb, 0xbf, 0x41, 0x0d, 0x42],
    ]);
  });

  test.each([1, 4, 1_000])("that are too long are told and passed over, in chunks of %i bytes", async (chunkBytes) => {
    const { items } = await parse("lines", `12345678\r\n123456789\n${"x".repeat(100)}\nend`, {
      maxLineBytes: 8,
      chunkBytes,
    });
    expect(brief(items)).toEqual([
      "1: 12345678",
      "2! longer than the limit of 8 bytes (--max-line-bytes)",
      "3! longer than the limit of 8 bytes (--max-line-bytes)",
      "4: end",
    ]);
  });

  test("of an empty input are none", async () => {
    expect((await parse("lines", "")).items).toEqual([]);
  });
});

describe("ndjson", () => {
  test("produces each line as it was written, with the key from a dotted path", async () => {
    const { items } = await parse("ndjson", '{"a":{"b":"x"}, "n": 1.0}\n{"a.b":7}\n{"a":{"b":true}}\n', { key: "a.b" });
    expect(brief(items)).toEqual([
      '1: {"a":{"b":"x"}, "n": 1.0} (x)',
      '2: {"a.b":7} (7)',
      '3: {"a":{"b":true}} (true)',
    ]);
  });

  test("takes any JSON value when no key is asked for", async () => {
    expect(brief((await parse("ndjson", '1\n"x"\n[2]\nnull')).items)).toEqual(["1: 1", '2: "x"', "3: [2]", "4: null"]);
  });

  test("tells what is not JSON, with its line", async () => {
    const { items, emptyLines } = await parse("ndjson", '{"a":1}\n  \n{"a":\n{"a":2}\n');
    expect(items.map(({ type, line }) => [type, line])).toEqual([
      ["record", 1],
      ["bad", 3],
      ["record", 4],
    ]);
    expect(brief(items)[1]).toContain("not JSON: ");
    expect(emptyLines).toBe(1);
  });

  test("explains a JSON list that goes over several lines", async () => {
    expect(brief((await parse("ndjson", '[\n{"a":1}\n]')).items)[0]).toContain("jq -c '.[]'");
  });

  test.each([
    ['{"b":1}', 'the key field "a" is missing'],
    ["5", 'the key field "a" is missing'],
    ['{"a":null}', 'the key field "a" is null: a key is a text, a number or a boolean'],
    ['{"a":[1]}', 'the key field "a" is a list: a key is a text, a number or a boolean'],
    ['{"a":{}}', 'the key field "a" is an object: a key is a text, a number or a boolean'],
  ])("refuses the key of %s", async (line, problem) => {
    expect(brief((await parse("ndjson", line, { key: "a" })).items)).toEqual([`1! ${problem}`]);
  });

  test("does not take what every object inherits for a key", async () => {
    const { items } = await parse("ndjson", '{"a":1}', { key: "constructor.name" });
    expect(brief(items)).toEqual(['1! the key field "constructor.name" is missing']);
  });

  test("takes an empty text for a key", async () => {
    expect((await parse("ndjson", '{"a":""}', { key: "a" })).items).toMatchObject([{ type: "record", key: "" }]);
  });
});

describe("csv", () => {
  test.each([1, 5, 1_000])("makes an object of each row, in chunks of %i bytes", async (chunkBytes) => {
    const text = '\ufeffid,name\r\n1,"a ""quoted"", name"\r\n\r\n2,"two\r\nlines"\r\n3,';
    const { items, emptyLines } = await parse("csv", text, { key: "id", chunkBytes });
    expect(brief(items)).toEqual([
      String.raw`2: {"id":"1","name":"a \"quoted\", name"} (1)`,
      String.raw`5: {"id":"2","name":"two\r\nlines"} (2)`,
      '6: {"id":"3","name":""} (3)',
    ]);
    expect(emptyLines).toBe(1);
  });

  test("keeps rows and errors in order", async () => {
    const { items } = await parse("csv", 'a,b\n1,2\n3\n4,5\n6,7,8\n9,"x"y\n10,11\n');
    expect(brief(items)).toEqual([
      '2: {"a":"1","b":"2"}',
      "3! 1 columns where the header has 2",
      '4: {"a":"4","b":"5"}',
      "5! 3 columns where the header has 2",
      expect.stringMatching(/^6! not CSV: .*quote/i) as string,
      '7: {"a":"10","b":"11"}',
    ]);
  });

  test("tells a quote that is never closed", async () => {
    const { items } = await parse("csv", 'a,b\n1,2\n3,"4\n5,6\n');
    expect(brief(items)).toEqual([
      '2: {"a":"1","b":"2"}',
      expect.stringContaining("not CSV: Quote Not Closed") as string,
    ]);
  });

  test.each([1, 1_000])("ends at a record that is too long, in chunks of %i bytes", async (chunkBytes) => {
    const { items } = await parse("csv", `a,b\n1,2\n3,"${"x".repeat(50)}\n5,6\n`, { maxLineBytes: 20, chunkBytes });
    expect(items).toMatchObject([
      { type: "record", line: 2 },
      { type: "bad", line: 3, fatal: true },
    ]);
  });

  test("needs the key's column in the header", async () => {
    const { items } = await parse("csv", "a,b\n1,2\n", { key: "c" });
    expect(items).toEqual([
      { type: "bad", line: 1, problem: 'there is no column "c" for the key; the header has a, b', fatal: true },
    ]);
  });

  test("refuses a header that names a column twice", async () => {
    expect((await parse("csv", "a,a\n1,2\n")).items).toMatchObject([{ type: "bad", line: 1, fatal: true }]);
  });
});

test.each([
  ["x.ndjson", "ndjson"],
  ["x.JSONL", "ndjson"],
  ["a.b/x.csv", "csv"],
  ["x.log", "lines"],
])("the format of %s is %s", (path, format) => {
  expect(formatOf(path)).toBe(format);
});

test.each(["-", "data", "x.json"])("the format of %s is not guessed", (path) => {
  expect(() => formatOf(path)).toThrow(/--format ndjson\|csv\|lines/);
});
