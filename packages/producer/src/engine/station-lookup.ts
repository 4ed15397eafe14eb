import { type Connection, StationNotFoundError } from "@stationkit/core-protocol";

const CONFIRM_AFTER_MS = 500;

/**
 * Whether a partition's stream is gone for certain: the broker said so twice, half a second apart, because one that is just
 * starting or electing a leader may not know its streams yet. Any other answer, or none, means no.
 */
export async function isStreamGone(connection: Connection, stream: string): Promise<boolean> {
  if (!(await isMissing(connection, stream))) return false;
  // Not worth keeping a process for.
  await new Promise((resolve) => setTimeout(resolve, CONFIRM_AFTER_MS).unref());
  return isMissing(connection, stream);
}

async function isMissing(connection: Connection, stream: string): Promise<boolean> {
  try {
    await connection.jetStream.request(`STREAM.INFO.${stream}`, undefined, { station: stream });
    return false;
  } catch (error) {
    return error instanceof StationNotFoundError;
  }
}
