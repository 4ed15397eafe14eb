import { compileFunction } from "node:vm";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemphisInstance, type Message } from "memphis-dev";
import { expect, it, vi } from "vitest";
import { address, connectMemphis, LOGIN, useStage } from "./support/stage.js";

/** A snippet, as a function of what it uses. */
type Run = (given: unknown) => Promise<unknown>;

/*
 * The pieces of memphis-dev's README that are no functions, and its folder of examples, as its package brings them, run against the
 * bridge. Only what stands between < and > is filled in.
 */

const stage = useStage();
const require = createRequire(import.meta.url);
const packageUrl = new URL("../", `file://${require.resolve("memphis-dev")}`);
const readme = await readFile(new URL("README.md", packageUrl), "utf8");
const blocks = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code!);

/** In an order that makes sense; each by how it begins. */
const steps = [
  "await memphisConnection.createSchema(",
  "const station = await memphis.station(",
  "memphis.retentionTypes.MAX_MESSAGE_AGE_SECONDS",
  "memphis.retentionTypes.MESSAGES",
  "memphis.retentionTypes.BYTES",
  "memphis.retentionTypes.ACK_BASED",
  "memphis.storageTypes.DISK",
  "memphis.storageTypes.MEMORY",
  "await memphisConnection.detachSchema(",
  "await memphisConnection.enforceSchema(",
  "await memphisConnection.detachSchema(",
  "await memphisConnection.attachSchema(",
  "await memphisConnection.detachSchema(",
  "const producer = await memphisConnection.producer({\n    stationName: '<station-name>'",
  "await producer.produce(",
  "const producer = await memphisConnection.producer({\n    stationName: ['<station-name>'",
  "await memphisConnection.produce({\n    stationName: ['<station-name>'",
  "const consumer = await memphisConnection.consumer(",
  "consumer.setContext(",
  "consumer.on('error'",
  "const msgs = await consumer.fetch(",
  "message.delay(",
  "msg.nack();",
  "msg = message.getData();",
  "headers = message.getHeaders();",
  "sequenceNumber = message.getSequenceNumber();",
  "sentTime = message.getTimeSent();",
  "const msgs = await memphis.fetchMessages(",
  "message.ack();",
  "await memphisConnection.produce({\n    stationName: ['<station-name>'",
  "const msgs = await memphis.fetchMessages(",
  'message.deadLetter("reason")',
  "consumer.on('message', (message, context) => {\n    // processing\n    console.log(message.getData())",
  "await consumer.stop();",
  "await consumer.destroy();",
  "await producer.destroy();",
  "await station.destroy();",
  "memphisConnection.isConnected();",
  "const memphisInstance = createMemphisInstance()",
  "memphisConnection.close();",
];

/** Not run: Nest's, imports, and two objects that lack a comma. */
const left = [/@|NestFactory|Nest|^import|require\(/, /port: <port>/, /asyncProduce: true \/\/ defaults to true/];

it("the README of memphis-dev has snippets that work one after the other", async () => {
  const folder = await mkdtemp(join(tmpdir(), "memphis-snippets-"));
  const schema = join(folder, "schema.json");
  await writeFile(schema, "{}");
  const memphis = await connectMemphis(stage.server.port);
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const scope: Record<string, unknown> = { memphis, memphisConnection: memphis, createMemphisInstance };
  Object.assign(scope, { delayInMilliseconds: 10, console, msgs: undefined, msg: undefined, message: undefined });
  const values = new Map<string, string>([
    ...([
      ["station-name", stage.station()],
      ["schema-name", "readme"],
      ["schema-type", "json"],
    ] as const),
    ...([
      ["schema-file-path", schema],
      ["producer-name", "p"],
      ["consumer-name", "c"],
      ["group-name", "g"],
    ] as const),
  ]);
  const run = new Set<string>();
  for (const step of steps) {
    const block = blocks.find((code) => code.startsWith(step));
    if (block === undefined) throw new Error(`the README has nothing that begins with ${step}`);
    run.add(block);
    const code = block
      // A station of its own.
      .replace("dlsStation:'<station-name>'", "dlsStation:'<station-name>-dls'")
      .replaceAll(/<([a-z-]+)>/g, (text, name: string) => values.get(name) ?? text)
      .replaceAll(/^(?:const|let) (\w+) =/gm, "scope.$1 =");
    // The snippets are text of a package that is installed here; there is no other way to run what is not a file.
    const snippet = compileFunction(`return (async () => { with (scope) { ${code} } })()`, ["scope"]) as Run;
    await snippet(scope);
    if (!step.startsWith("const msgs")) continue;
    const messages = scope["msgs"] as Message[];
    expect(messages.length, step).toBeGreaterThan(0);
    // Each is answered in another way: a message is delivered twice at most here.
    scope["message"] = messages[0];
    scope["msg"] = messages[1];
  }
  log.mockRestore();
  await rm(folder, { recursive: true });
  const others = blocks.filter((code) => !run.has(code) && !left.some((reason) => reason.test(code)));
  // Doubles of what has run: JSON, and the deserialised message.
  expect(others.map((code) => /getData\w+/.exec(code)?.[0])).toEqual(["getDataDeserialized", "getDataAsJson"]);
});

it("the examples of memphis-dev's package: what producer.js sends, consumer.js prints", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const { memphis } = await import("memphis-dev");
  const values: Readonly<Record<string, string>> = {
    "'<memphis-host>'": `"", ...${JSON.stringify(address(stage.server.port))}`,
    "'<application type username>'": JSON.stringify(LOGIN.username),
    "'password'": JSON.stringify(LOGIN.password),
    "'<account-id>'": "1",
    "'<station-name>'": JSON.stringify(stage.station()),
  };
  for (const file of ["producer.js", "consumer.js"]) {
    const source = await readFile(new URL(`examples/${file}`, packageUrl), "utf8");
    const code = source
      .replaceAll(/'(?:<[^>]+>|password)'/g, (text) => values[text] ?? text.replaceAll(/[<>]/g, ""))
      .replace("(async function", "return (async function");
    const snippet = compileFunction(code, ["require"]) as Run;
    await snippet(require);
    // producer.js closes without waiting.
    if (file === "producer.js") {
      await vi.waitFor(() => {
        expect(memphis.isConnected()).toBe(false);
      }, 20_000);
    }
  }
  await vi.waitFor(() => {
    expect(log).toHaveBeenCalledWith("Message: Hello world");
  }, 20_000);
  await memphis.close();
  log.mockRestore();
});
