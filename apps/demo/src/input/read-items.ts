import { addAbortSignal, type Readable } from "node:stream";
import { JobError } from "../job-error.js";
import type { InputItem, RecordParser } from "./input-item.js";

/** How far an input was read. */
export interface ReadCounts {
  bytes: number;
}

/**
 * Reads an input as fast as the caller takes it, in batches of what one chunk holds. An aborted signal is the end of the input.
 * @throws {JobError} when reading fails.
 */
export async function* readItems(
  input: { readonly name: string; readonly stream: Readable },
  parser: RecordParser,
  { signal, counts }: { readonly signal: AbortSignal; readonly counts: ReadCounts },
): AsyncGenerator<readonly InputItem[], void, undefined> {
  try {
    for await (const chunk of addAbortSignal(signal, input.stream) as AsyncIterable<Buffer>) {
      counts.bytes += chunk.length;
      yield await parser.parse(chunk);
    }
    yield await parser.end();
  } catch (error) {
    if (signal.aborted) return;
    throw new JobError(`reading ${input.name} failed: ${(error as Error).message}`, { cause: error });
  }
}
