import { type Connection, SERVER_ERROR, toStationkitError } from "@stationkit/core-protocol";
import { readAnswer } from "../engine/acks.js";

type NatsConnection = Connection["natsConnection"];
/** nats.js calls nothing but `encode` on the headers that it sends. */
type RequestHeaders = NonNullable<NonNullable<Parameters<NatsConnection["request"]>[2]>["headers"]>;

/** What the broker remembers of an id: a sequence; `storing`: on its way into the stream; undefined: nothing that it would tell. */
export type Remembered = number | "storing" | undefined;

/**
 * Asks a partition's stream where the messages of some ids are, without storing anything: a message with such an id and a header that is
 * never accepted. Duplicates are looked for first, and known ones acknowledged with their sequence; everything else is refused.
 * (Tried with nats-server 2.15.1, one and three replicas, roll-up allowed and not. `Nats-Expected-Last-Msg-Id` would do as well with one
 * replica, but with three it leaves the stream without answers.)
 * @returns parallel to `msgIds`.
 * @throws {StationkitError} when an answer did not come.
 * @see nats-server server/stream.go, processJetStreamMsg and checkMsgHeadersPreClusteredProposal
 */
export async function findStoredIds(
  connection: Connection,
  subject: string,
  msgIds: readonly string[],
  timeoutMs: number,
): Promise<Remembered[]> {
  const ask = async (msgId: string): Promise<Remembered> => {
    const block = Buffer.from(`NATS/1.0\r\nNats-Msg-Id: ${msgId}\r\nNats-Rollup: never\r\n\r\n`, "latin1");
    const headers = { encode: () => block } as unknown as RequestHeaders;
    const answer = await connection.natsConnection.request(subject, "", { timeout: timeoutMs, headers });
    const read = readAnswer(answer.data, answer.headers?.code ?? 0);
    if (read.type === "stored" && read.duplicate) return read.sequence;
    return read.type === "refused" && read.error.err_code === SERVER_ERROR.duplicateInProcess ? "storing" : undefined;
  };
  try {
    return await Promise.all(msgIds.map(ask));
  } catch (error) {
    throw toStationkitError(error, { subject, timeoutMs });
  }
}
