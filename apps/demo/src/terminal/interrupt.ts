const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** npm passes on the signal that the terminal has already sent to every process: within this time it is the same one. */
const SAME_SIGNAL_MS = 500;

/** The wish to stop, as the user has it. */
export interface Interrupt {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** 130 after Ctrl-C, 143 after SIGTERM; undefined as long as nobody wants to stop. */
  readonly exitCode: number | undefined;
}

/** Listens to Ctrl-C and SIGTERM: the first asks for an orderly end, a second one ends the process at once. */
export function listenForInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  let exitCode: number | undefined;
  let firstAt = 0;
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (exitCode === undefined) {
        exitCode = EXIT_CODES[name];
        firstAt = performance.now();
        controller.abort();
        onFirst();
      } else if (performance.now() - firstAt > SAME_SIGNAL_MS) {
        process.exit(exitCode);
      }
    });
  }
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
  };
}
