import { execFile } from "node:child_process";

/** How a command ended, without throwing: a missing program is `code: "ENOENT"`. */
export interface CommandResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** One line for an error message; empty when ok. */
  readonly problem: string;
}

/** Runs a program to its end without a shell; SIGKILL after the time limit. */
export function runCommand(
  program: string,
  args: readonly string[],
  options: { timeoutMs: number; cwd?: string; env?: NodeJS.ProcessEnv },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const { timeoutMs, ...rest } = options;
    execFile(
      program,
      args,
      { ...rest, timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: 64 * 1024 * 1024, encoding: "utf8" },
      (error, stdout, stderr) => {
        resolve({
          ok: error === null,
          stdout,
          stderr,
          problem: error === null ? "" : describeFailure(program, error, stderr, timeoutMs),
        });
      },
    );
  });
}

function describeFailure(
  program: string,
  error: Error & { code?: string | number | null; killed?: boolean; signal?: NodeJS.Signals | null },
  stderr: string,
  timeoutMs: number,
): string {
  if (error.code === "ENOENT") return `${program} does not exist`;
  if (error.code === "EACCES") return `${program} may not be executed`;
  if (error.killed === true) return `${program} did not end within ${timeoutMs} ms`;
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const said = lines.find((line) => line.startsWith("E:")) ?? lines.at(-1) ?? error.message;
  return `${program} failed (${error.signal ?? `exit ${error.code ?? "?"}`}): ${said.trim()}`;
}
