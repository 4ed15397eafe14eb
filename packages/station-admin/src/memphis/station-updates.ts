import { type Connection, type StationName } from "@stationkit/core-protocol";
import {
  CONTROL_SUBJECT,
  decodeFunctionsUpdate,
  decodeSchemaUpdate,
  decodeSdkClientsUpdate,
  type FirstFunctions,
  functionsUpdatesSubject,
  schemaUpdatesSubject,
  type SdkClientsUpdate,
  type StationSchema,
} from "@stationkit/core-protocol/control";

/** Who is told what a Memphis broker says of one station. */
export interface StationUpdateListener {
  /** The station's schema from now on; undefined when it was dropped. A new version that is activated is not told. */
  readonly schema: (schema: StationSchema | undefined) => void;
  /** The first function of each partition, all that there are. */
  readonly functions: (firstFunctions: FirstFunctions) => void;
  /** About this station, or about all. */
  readonly clients: (update: SdkClientsUpdate) => void;
}

/**
 * Listens to what a broker tells of a station: to the subjects of those methods that the listener has. Who registers a client listens
 * before, so that nothing is missed that is told meanwhile; only to functions afterwards, and only where the station has them.
 * @returns how to stop.
 */
export function listenToStationUpdates(
  { natsConnection }: Connection,
  station: StationName,
  listener: Partial<StationUpdateListener>,
): () => void {
  const stops: (() => void)[] = [];
  const subscribe = (subject: string, read: (data: Uint8Array) => void): void => {
    const subscription = natsConnection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) readOrWarn(subject, message.data, read);
      },
    });
    // Rejects when the login may not listen: then it is not told.
    void subscription.closed.catch(() => undefined);
    stops.push(() => {
      if (!natsConnection.isClosed()) subscription.unsubscribe();
    });
  };
  const { schema, functions, clients } = listener;
  if (schema !== undefined) {
    subscribe(schemaUpdatesSubject(station), (data) => {
      const update = decodeSchemaUpdate(data);
      schema(update.type === "set" ? update.schema : undefined);
    });
  }
  if (functions !== undefined) {
    subscribe(functionsUpdatesSubject(station), (data) => {
      functions(decodeFunctionsUpdate(data).firstFunctions);
    });
  }
  if (clients !== undefined) {
    subscribe(CONTROL_SUBJECT.sdkClientsUpdates, (data) => {
      const update = decodeSdkClientsUpdate(data);
      if (update === undefined || (update.type !== "send_notification" && update.station !== station)) return;
      clients(update);
    });
  }
  return () => {
    for (const stop of stops) stop();
  };
}

/** What cannot be read changes nothing; thrown from here it would end the loop in which nats.js reads the socket. */
function readOrWarn(subject: string, data: Uint8Array, read: (data: Uint8Array) => void): void {
  try {
    read(data);
  } catch (error) {
    process.emitWarning(
      `an update on ${subject} is ignored: ${error instanceof Error ? error.message : String(error)}`,
      {
        code: "SK_UNREADABLE_UPDATE",
      },
    );
  }
}
