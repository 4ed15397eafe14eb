import {
  BrokerError,
  type Connection,
  JetStreamDisabledError,
  type StationName,
  StationNotFoundError,
} from "@stationkit/core-protocol";

const CONFIRM_AFTER_MS = 500;

/** Why nobody will ever listen for a partition. */
export type Absence = StationNotFoundError | JetStreamDisabledError;

/**
 * Why nobody listens for a partition, when it is certain: its stream is gone, or JetStream is. The broker said so twice, half a second
 * apart, because one that is just starting or electing a leader may not know its streams yet.
 * @returns undefined for any other answer, or none: then waiting may help.
 */
export async function findAbsence(
  connection: Connection,
  stream: string,
  station: StationName,
): Promise<Absence | undefined> {
  if ((await ask(connection, stream, station)) === undefined) return undefined;
  // Not worth keeping a process for.
  await new Promise((resolve) => setTimeout(resolve, CONFIRM_AFTER_MS).unref());
  return ask(connection, stream, station);
}

async function ask(connection: Connection, stream: string, station: StationName): Promise<Absence | undefined> {
  try {
    await connection.jetStream.request(`STREAM.INFO.${stream}`, undefined, { station });
    return undefined;
  } catch (error) {
    if (error instanceof StationNotFoundError || error instanceof JetStreamDisabledError) return error;
    return isSilence(error) && !connection.server.jetStream ? withoutJetStream(error) : undefined;
  }
}

/** Nobody listens to the JetStream API itself. */
function isSilence(error: unknown): boolean {
  return error instanceof BrokerError && error.serverCode === 503 && error.serverErrorCode === undefined;
}

function withoutJetStream(cause: unknown): JetStreamDisabledError {
  const text = "the server runs without JetStream now: nothing can be stored until it is enabled again";
  return new JetStreamDisabledError(text, { serverCode: 503 }, { cause });
}
