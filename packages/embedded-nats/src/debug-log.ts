/** Writes one line to stderr when debugging is on. */
export type DebugLog = (message: string) => void;

/** `NATS_EMBEDDED_DEBUG` decides; nothing is ever written without it. */
export function createDebugLog(enabled: boolean): DebugLog {
  if (!enabled) return () => undefined;
  return (message) => {
    process.stderr.write(`[embedded-nats ${process.pid}] ${message}\n`);
  };
}
