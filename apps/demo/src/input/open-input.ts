import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { JobError } from "../job-error.js";

const CHUNK_BYTES = 65_536;

/** An input that is open and not read yet. */
export interface OpenInput extends AsyncDisposable {
  /** For messages. */
  readonly name: string;
  /** undefined for pipes. */
  readonly sizeBytes: number | undefined;
  readonly stream: Readable;
}

/** Opens a file, or stdin for `-`. @throws {JobError} when it cannot be read. */
export async function openInput(path: string): Promise<OpenInput> {
  if (path === "-") return opened("stdin", undefined, process.stdin);
  try {
    const handle = await open(path, "r");
    const stats = await handle.stat();
    if (!stats.isDirectory()) {
      const stream = handle.createReadStream({ highWaterMark: CHUNK_BYTES });
      return opened(path, stats.isFile() ? stats.size : undefined, stream);
    }
    await handle.close();
  } catch (error) {
    throw new JobError(`cannot read ${path}: ${reason(error as NodeJS.ErrnoException)}`, { cause: error });
  }
  throw new JobError(`cannot read ${path}: it is a directory`);
}

function opened(name: string, sizeBytes: number | undefined, stream: Readable): OpenInput {
  return {
    name,
    sizeBytes,
    stream,
    [Symbol.asyncDispose]: async () => {
      // A read that is under way may end in an error, which nobody waits for any more.
      stream.on("error", () => undefined);
      await new Promise<void>((resolve) => {
        if (stream.closed || name === "stdin") resolve();
        else stream.once("close", resolve);
        stream.destroy();
      });
    },
  };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
};

function reason(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ""] ?? error.message;
}
