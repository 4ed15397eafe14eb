import { afterAll, vi } from "vitest";

// The files of one worker share its modules and its globals (`isolate: false`): what a file has put in their place goes with it.
afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});
