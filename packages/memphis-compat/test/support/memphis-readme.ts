import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** A code block of memphis-dev's own README. */
export interface ReadmeExample {
  /** Place among all of its code blocks, from 0. */
  readonly number: number;
  readonly language: string;
  /** As it stands there. */
  readonly code: string;
  /** For test names: its first line that says something. */
  readonly title: string;
}

/** The README of the installed package: what is run is what its users read. */
const readme = readFileSync(
  createRequire(import.meta.url)
    .resolve("memphis-dev")
    .replace(/lib\/index\.js$/, "README.md"),
  "utf8",
);

const all: readonly ReadmeExample[] = [...readme.matchAll(/^```(\w+)\n(.*?)^```/gms)].map(
  ([, language = "", code = ""], number) => ({ number, language, code, title: titleOf(code) }),
);

function titleOf(code: string): string {
  const lines = code.split("\n").map((line) => line.trim());
  return lines.find((line) => /^[a-z]/i.test(line)) ?? "";
}

const isNest = ({ code }: ReadmeExample): boolean => /@Module|@nestjs|@MemphisConsume|MemphisServer/.test(code);
const isProgram = ({ language }: ReadmeExample): boolean => language !== "sh";
const isImport = ({ code }: ReadmeExample): boolean => code.includes("'memphis-dev'");

/** What an example needs to run: each belongs to one of these, and to the test of it. */
export type Need = "nest" | "nothing" | "logins" | "schemas" | "cluster" | "broker";

function needOf(example: ReadmeExample): Need {
  const { code } = example;
  if (isNest(example)) return "nest";
  if (isImport(example)) return "nothing";
  if (code.includes('host: "')) return "logins";
  if (/[sS]chema\(|schemaName/.test(code)) return "schemas";
  return code.includes("replicas: 3") ? "cluster" : "broker";
}

/** The examples of one kind, in the README's order. */
export function examplesThatNeed(need: Need): readonly ReadmeExample[] {
  return all.filter((one) => isProgram(one) && needOf(one) === need);
}

/** What does not even parse there, or contradicts itself, and what it should say. Each is looked for, so that none outlives its reason. */
const MISPRINTS: readonly (readonly [wrong: string, right: string])[] = [
  ["accountId: <accountId> //", "accountId: 1, //"],
  ['            connectionToken: "<broker-token>", // you', "            // you"],
  ["caFile: '<rootCA.pem>'\n", "caFile: '<rootCA.pem>',\n"],
  ["asyncProduce: true // defaults to true. For", "asyncProduce: true, // defaults to true. For"],
  ['{trace_header_example, "track_me_123"}', '{trace_header_example: "track_me_123"}'],
];

/** What the examples use without saying where it comes from. */
export type World = Readonly<Record<string, unknown>>;

/** What an example has made. */
export interface Made {
  readonly station?: unknown;
  readonly producer?: unknown;
  readonly consumer?: unknown;
  readonly msgs?: unknown;
  readonly memphisInstance?: unknown;
  readonly msg?: unknown;
  readonly headers?: unknown;
  readonly sequenceNumber?: unknown;
  readonly sentTime?: unknown;
}

export function misprintsLeft(): readonly string[] {
  return MISPRINTS.map(([wrong]) => wrong).filter((wrong) => !all.some(({ code }) => code.includes(wrong)));
}

/**
 * Runs an example as it stands there, with its misprints put right and its placeholders filled. One that is a function is called, and
 * throws what it catches.
 * @param fill - by placeholder: `<station-name>`, or a piece of code such as `{...}`.
 */
export async function runExample(
  { code }: ReadmeExample,
  world: World,
  fill: Readonly<Record<string, string>>,
): Promise<Made> {
  let text = code;
  for (const [wrong, right] of MISPRINTS) text = text.replace(wrong, right);
  for (const [placeholder, value] of Object.entries(fill)) text = text.replaceAll(placeholder, value);
  text = text.replaceAll("// Handle exception", "throw exception;");
  const name = /^async function (\w+)\(/m.exec(text)?.[1];
  const made = [
    ...["station", "producer", "consumer", "msgs", "memphisInstance"],
    ...["msg", "headers", "sequenceNumber", "sentTime"],
  ];
  const body = [
    "{",
    text,
    name === undefined ? "" : `await ${name}();`,
    `return { ${made.map((one) => `${one}: typeof ${one} === "undefined" ? undefined : ${one}`).join(", ")} };`,
    "}",
  ].join("\n");
  return (await runProgram(body, world)) as Made;
}

/** Runs a text as a program, in sloppy mode, since some examples assign to what nobody declared. @param world - its names. */
export async function runProgram(text: string, world: World): Promise<unknown> {
  const names = Object.keys(world);
  const run = new AsyncFunction(...names, text);
  return run(...names.map((one) => world[one]));
}

const AsyncFunction = (async () => Promise.resolve()).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<unknown>;
