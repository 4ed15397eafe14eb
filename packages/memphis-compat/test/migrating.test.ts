import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import * as consumer from "@stationkit/consumer";
import * as core from "@stationkit/core-protocol";
import { startNats } from "@stationkit/embedded-nats";
import * as compat from "@stationkit/memphis-compat";
import * as producer from "@stationkit/producer";
import * as admin from "@stationkit/station-admin";
import { bundle } from "@stationkit/test-kit/bundle";
import * as dev from "memphis-dev";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runProgram } from "./support/memphis-readme.js";

const page = readFileSync(new URL("../../../docs/migrating-from-memphis.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```(js|sh)\n(.*?)^```$/gms)].map(([, language, code]) => ({
  language: language!,
  code: code!,
}));
const programs = blocks.filter(({ language }) => language === "js").map(({ code }) => code);
const commands = blocks.filter(({ language }) => language === "sh").map(({ code }) => code.trim());
const [viaImport = "", beneath = ""] = programs;

/** What a program says that it prints. */
const told = (code: string): string[] => [...code.matchAll(/console\.log\(.*; \/\/ (.+)$/gm)].map(([, text]) => text!);

/** Runs a program of the page against a server; its imports are given to it. */
async function run(code: string, port: number, names: Readonly<Record<string, unknown>>): Promise<string[]> {
  const lines: string[] = [];
  const console = { log: (...values: unknown[]) => lines.push(values.map(String).join(" ")) };
  await runProgram(code.replaceAll(/^import .*\n/gm, "").replaceAll("port: 4222", `port: ${port}`), {
    ...names,
    console,
  });
  return lines;
}

const directory = mkdtempSync(`${tmpdir()}/migrating-`);
let bridge: string;

beforeAll(async () => {
  const main = fileURLToPath(new URL("../../memphis-bridge/src/cli/main.ts", import.meta.url));
  bridge = (await bundle({ bridge: main }, directory))["bridge"]!;
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** Starts a command of the page, with free ports in the place of its own, and gives the port of the server that it serves. */
async function serving(command: string, port: number, use: () => Promise<void>): Promise<void> {
  const [npx, name, ...options] = command.split(" ");
  expect([npx, name]).toEqual(["npx", "@stationkit/memphis-bridge"]);
  const changed = options.map((option) => option.replace(":4222", `:${port}`));
  const child = spawn(process.execPath, [
    bridge,
    ...changed,
    ...(options.includes("--embedded") ? ["--port", String(port)] : []),
  ]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    await vi.waitFor(() => {
      expect(output).not.toBe("");
    }, 60_000);
    await use();
  } finally {
    child.kill();
    await ended;
  }
}

describe("the page on migrating", () => {
  it("has a program for the way by import, one for the packages beneath, and two commands", () => {
    expect([programs.length, commands.length]).toEqual([2, 2]);
  });

  it("shows a program that runs on plain NATS when its import is changed", async () => {
    await using server = await startNats();
    expect(await run(viaImport, server.port, { memphis: compat.createMemphisInstance() })).toEqual(told(viaImport));
  });

  it("shows it on the packages beneath", async () => {
    await using server = await startNats();
    const names = { ...core, ...producer, ...consumer, ...admin };
    expect(await run(beneath, server.port, names)).toEqual(told(beneath));
  });

  it("shows commands on which it runs unchanged", async () => {
    const [beside = "", embedded = ""] = commands;
    const connected = async (port: number): Promise<void> => {
      await vi.waitFor(async () => {
        const memphis = dev.createMemphisInstance();
        await memphis.connect({ host: "127.0.0.1", port, username: "root", password: "memphis", suppressLogs: true });
        await memphis.close();
      }, 60_000);
    };
    const unchanged = async (port: number): Promise<void> => {
      await connected(port);
      expect(await run(viaImport, port, { memphis: dev.createMemphisInstance() })).toEqual(told(viaImport));
    };
    await using server = await startNats();
    await serving(beside, server.port, () => unchanged(server.port));
    const free = await startNats();
    const { port } = free;
    await free.stop();
    await serving(embedded, port, () => unchanged(port));
  });

  it("names every public call of memphis-dev's objects, and every option that has a row names one that exists", () => {
    const told = page.slice(page.indexOf("## Name by name"));
    const methods = [
      dev.memphis,
      dev.Producer.prototype,
      dev.Consumer.prototype,
      dev.Message.prototype,
      dev.Station.prototype,
    ]
      .map((one) => (Object.hasOwn(one, "constructor") ? one : (Object.getPrototypeOf(one) as object)))
      .flatMap((one) => Object.getOwnPropertyNames(one))
      .filter((name) => name !== "constructor" && !INTERNAL.test(name));
    expect(methods.filter((name) => !told.includes(`${name}(`))).toEqual([]);
  });
});

/** What memphis-dev's classes have for themselves; its types or its README say so, or nobody speaks of it. */
const INTERNAL =
  /^_|^(getCachedProducer|setCachedProducer|getCachedConsumer|setCachedConsumer|sendNotification|request|log)$/;
