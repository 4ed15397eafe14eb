import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A directory that is removed after the tests of the file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "embedded-nats-test-"));
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  });
  return directory;
}
