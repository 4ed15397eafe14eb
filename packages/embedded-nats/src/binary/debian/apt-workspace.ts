import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DownloadError } from "../../errors.js";
import { runCommand, type CommandResult } from "../run-command.js";
import type { Deadline } from "../../deadline.js";

/**
 * A private apt: the machine's own settings (proxies, credentials, certificates, keyrings) with state, cache and sources of its
 * own, so that it needs no root, changes nothing on the machine, and still verifies every signature.
 */
export interface AptWorkspace {
  readonly directory: string;
  /** Replaces the only source entry. */
  setSource(entry: string): Promise<void>;
  run(program: "apt-get" | "apt-cache", args: readonly string[]): Promise<CommandResult>;
  readonly remove: () => Promise<void>;
}

/** Makes the workspace in the temporary directory. */
export async function createAptWorkspace(deadline: Deadline): Promise<AptWorkspace> {
  const dump = await runCommand("apt-config", ["dump"], { timeoutMs: deadline.remainingMs(), env: plainLocale() });
  if (!dump.ok) throw new DownloadError("apt-config dump", dump.problem);
  const directory = await mkdtemp(join(tmpdir(), "nats-embedded-apt-"));
  // apt fetches as its own user when root calls it; that user has to get in.
  await chmod(directory, 0o755);
  await Promise.all(
    ["lists/partial", "cache/archives/partial", "empty", "package"].map((name) =>
      mkdir(join(directory, name), { recursive: true }),
    ),
  );
  const configFile = join(directory, "apt.conf");
  const sourceFile = join(directory, "private.sources");
  // The dump may hold a proxy's password.
  await writeFile(configFile, aptConfiguration(dump.stdout, directory), { mode: 0o600 });
  return {
    directory,
    setSource: (entry) => writeFile(sourceFile, entry),
    run: (program, args) =>
      runCommand(program, args, {
        timeoutMs: deadline.remainingMs(),
        cwd: join(directory, "package"),
        env: { ...plainLocale(), APT_CONFIG: configFile },
      }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/**
 * The text of the private apt.conf: every setting of the machine's dump except hooks (they are shell commands meant for the
 * system's own apt, some of which delete or need root), then the private places. APT_CONFIG is read first and turns the
 * machine's other configuration files off, which the dump has already taken in.
 * @see apt.conf(5)
 */
export function aptConfiguration(dump: string, directory: string): string {
  const settings = dump
    .split("\n")
    .filter((line) => /^[^\s"]+ "[^"]*";$/.test(line) && !/(Pre|Post)-(Invoke|Install)/i.test(line));
  const own = {
    "Dir::Etc::parts": join(directory, "empty"),
    "Dir::Etc::main": "/dev/null",
    "Dir::Etc::sourcelist": join(directory, "private.sources"),
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::Etc::preferences": "/dev/null",
    "Dir::Etc::preferencesparts": "/dev/null",
    "Dir::State": directory,
    "Dir::State::lists": join(directory, "lists"),
    "Dir::State::status": "/dev/null",
    "Dir::State::extended_states": join(directory, "extended_states"),
    "Dir::Cache": join(directory, "cache"),
    "Dir::Log": directory,
    // Without this a suite that could not be fetched is only a warning and exit code 0.
    "APT::Update::Error-Mode": "any",
    "Acquire::Retries": "1",
    "Acquire::http::Timeout": "10",
    "Acquire::https::Timeout": "10",
  };
  return [...settings, ...Object.entries(own).map(([name, value]) => `${name} "${value}";`), ""].join("\n");
}

function plainLocale(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: "C", LANGUAGE: "C" };
}
