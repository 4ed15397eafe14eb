import { randomUUID } from "node:crypto";
import {
  BrokerError,
  type Connection,
  PermissionDeniedError,
  type StationName,
  toStationkitError,
} from "@stationkit/core-protocol";
import {
  CONTROL_SUBJECT,
  decodeProducerCreationReply,
  encodeProducerCreation,
  encodeProducerDestruction,
  type StationSchema,
} from "@stationkit/core-protocol/control";

/** What a control plane says of a station's schema. */
export interface SchemaState {
  readonly schema: StationSchema | undefined;
  /** Whether messages that the schema refuses go to the dead-letter store. */
  readonly schemaverseToDls: boolean;
  /** Whether they are notified as well. */
  readonly sendNotification: boolean;
}

/** What holds where nobody has said anything else. */
export const NO_SCHEMA: SchemaState = Object.freeze({
  schema: undefined,
  schemaverseToDls: true,
  sendNotification: false,
});

const ANSWER_TIMEOUT_MS = 20_000;
const LOOKUP_NAME = "schema-lookup";
const appId = randomUUID();

/**
 * Asks which schema an existing station has. The protocol's only answer to that is the one to a producer's registration, so one is
 * registered, and taken back.
 * @returns undefined where no control plane answers, or may be asked.
 */
export async function lookUpSchema(
  connection: Connection,
  username: string,
  station: StationName,
): Promise<SchemaState | undefined> {
  const client = { stationName: station, connectionId: connection.id, username };
  const ask = (subject: string, request: Uint8Array): Promise<Uint8Array> =>
    connection.request(subject, request, { timeoutMs: ANSWER_TIMEOUT_MS, station });
  try {
    const request = encodeProducerCreation({ ...client, producerName: LOOKUP_NAME, appId });
    const reply = decodeProducerCreationReply(await ask(CONTROL_SUBJECT.producerCreations, request));
    if (reply.error !== "") throw new BrokerError(`the control plane refused: ${reply.error}`);
    await ask(CONTROL_SUBJECT.producerDestructions, encodeProducerDestruction({ ...client, name: LOOKUP_NAME }));
    const { schema, schemaverseToDls, sendNotification } = reply;
    return { schema, schemaverseToDls, sendNotification };
  } catch (error) {
    const known = toStationkitError(error);
    if (known instanceof BrokerError && known.serverCode === 503) return undefined;
    // A login of plain NATS has no business there; a Memphis broker's has.
    if (known instanceof PermissionDeniedError && (await connection.controlPlane()) === "jetstream") return undefined;
    throw known;
  }
}
