import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CONNECT_DEFAULTS, MINIMUM_SERVER_VERSION } from "@stationkit/core-protocol";
import { PRODUCER_DEFAULTS } from "@stationkit/producer";
import { STATION_ADMIN_DEFAULTS, STATION_DEFAULTS } from "@stationkit/station-admin";
import { afterEach, describe, expect, it, vi } from "vitest";

const root = resolve(import.meta.dirname, "../../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const readme = read("README.md");
const documents = ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/fast-ingest.md", "docs/guarantees.md"];
const manifest = JSON.parse(read("package.json")) as { scripts: Record<string, string>; engines: { node: string } };

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, code]) => code!);
}

describe("the root README", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("shows the quick start word for word, and nothing else that could be run", () => {
    expect(blocks(readme, "ts")).toEqual([read("apps/demo/test/root-readme/quick-start.ts")]);
  });

  it("tells what the quick start prints", async () => {
    const told = [...readme.matchAll(/console\.log\(.*; \/\/ (.+)$/gm)].map(([, text]) => text);
    expect(told).not.toEqual([]);
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await import("./root-readme/quick-start.js");
    expect(log.mock.calls.map((values) => values.map(String).join(" "))).toEqual(told);
    expect(error).not.toHaveBeenCalled();
  });

  it("lists every package that is published, and no other", () => {
    const published = readdirSync(join(root, "packages"))
      .filter((name) => existsSync(join(root, "packages", name, "package.json")))
      .map((name) => JSON.parse(read(`packages/${name}/package.json`)) as { name: string; private?: boolean })
      .filter((each) => each.private !== true)
      .map(({ name }) => name);
    const listed = [...readme.matchAll(/^\| \[`(@stationkit\/[a-z-]+)`\]/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual(published.sort());
  });

  it("states the versions that the code asks for", () => {
    const [node, server] = [manifest.engines.node.replace(">=", ""), MINIMUM_SERVER_VERSION];
    expect(readme).toContain(`Node ${node.replace(/\.0$/, "")} or newer`);
    expect(readme).toContain(`nats-server ${server.replace(/\.0$/, "")} is the oldest`);
  });
});

describe.each(documents)("%s", (path) => {
  const text = read(path);

  it("names commands that exist", () => {
    const lines = blocks(text, "sh").flatMap((block) => block.split("\n"));
    const commands = lines.map((line) => line.replace(/ *#.*$/, "")).filter((line) => line !== "");
    expect(commands.flatMap((line) => line.split(" && ")).filter((command) => !isCommand(command))).toEqual([]);
  });

  it("links to files and headings that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link]) => link!);
    expect(links.filter((link) => !isTarget(path, link))).toEqual([]);
  });

  it("names files that exist", () => {
    const names = [...text.matchAll(/`((?:apps|docs|packages|scripts|\.changeset|\.ci|\.github)\/[^`*<>\s]*)`/g)];
    expect(names.map(([, name]) => name!).filter((name) => !existsSync(join(root, name)))).toEqual([]);
  });

  it("quotes defaults as the code has them", () => {
    const defaults = { ...CONNECT_DEFAULTS, ...STATION_ADMIN_DEFAULTS, ...STATION_DEFAULTS, ...PRODUCER_DEFAULTS };
    const quoted = [...text.matchAll(/`(\w+)` \(default `?([\w,]+)`?/g)].map(([, name, value]) => [name, value]);
    expect(quoted).toEqual(quoted.map(([name]) => [name, format(defaults[name as keyof typeof defaults])]));
  });
});

describe("docs/guarantees.md", () => {
  it("names tests that exist: a renamed test is renamed there, too", () => {
    const cited = [...read("docs/guarantees.md").matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+\.test\.ts)\)/g)];
    expect(cited.length).toBeGreaterThan(10);
    const missing = cited.filter(([, title, file]) => !read(file!).includes(`"${title}"`));
    expect(missing.map(([, title, file]) => `${file}: ${title}`)).toEqual([]);
  });
});

/** A default as the documents write it: `30,000`, `true`, `pipelined`. */
function format(value: unknown): string {
  return typeof value === "number" ? value.toLocaleString("en-US") : String(value);
}

/** Whether a line of a `sh` block can work: a script of package.json, a tool that is installed, or what every shell has. */
function isCommand(line: string): boolean {
  const [program = "", ...rest] = line.replace(/^(?:[A-Z_]+=\S+ )+/, "").split(" ");
  if (program === "git") return true;
  if (program === "cd") return existsSync(join(root, rest[0] ?? "")) || rest[0] === "stationkit";
  if (program === "npx") return existsSync(join(root, "node_modules/.bin", rest[0] ?? ""));
  if (program !== "npm") return false;
  const script = rest[0] === "run" ? rest[1] : rest[0];
  if (script === undefined || !(script in manifest.scripts)) return false;
  return script !== "test" || rest.slice(2).every((group) => testGroups.includes(group));
}

const testGroups = [...read("scripts/steps/test-steps.mjs").matchAll(/group: "([\w-]+)"/g)].map(([, group]) => group!);

/** Whether a relative link leads to a file, and its fragment to a heading, as GitHub makes anchors of them. */
function isTarget(from: string, link: string): boolean {
  const [path = "", fragment] = link.split("#");
  const target = path === "" ? join(root, from) : join(root, dirname(from), path);
  if (!existsSync(target)) return false;
  if (fragment === undefined) return true;
  const headings = [...readFileSync(target, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!);
  return headings.some(
    (each) =>
      each
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-") === fragment,
  );
}
