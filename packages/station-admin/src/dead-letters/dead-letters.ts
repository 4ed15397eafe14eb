import {
  type ApiErrorBody,
  apiErrorToStationkitError,
  type Connection,
  finalSubject,
  type MessageHeaders,
  parseConsumerGroupName,
  parseStationName,
  partitionStream,
  requireKnownKeys,
  resendSubject,
  type StationName,
  StationNotFoundError,
  UsageError,
} from "@stationkit/core-protocol";
import type { Operation } from "../operation.js";
import { readHead, toStation } from "../read-station.js";
import type { Station } from "../station.js";
import { streamInfo } from "../stream-api.js";
import {
  decodeDeadLetterHeaders,
  type DeadLetterStory,
  encodeResentHeaders,
  originalHeaders,
} from "./dead-letter-headers.js";
import { deadLetterStation } from "./dead-letter-station.js";
import { listenToResent } from "./group-filter.js";
import { readStoredMessage } from "./stored-message.js";

/** A message that a group could not deal with, as its dead-letter station holds it. */
export interface DeadLetter extends DeadLetterStory {
  /** Where the letter itself is. */
  readonly letter: { readonly station: string; readonly partition: number; readonly sequence: number };
  readonly data: Uint8Array;
  /** As they were produced; those with a meaning for the server under `Dead-Letter-Original-…`. */
  readonly headers: MessageHeaders;
}

/** Which dead letters to list. */
export interface DeadLetterFilter {
  /** Only of this consumer group. */
  readonly consumerGroup?: string;
}

/** The dead letters of one station. */
export interface DeadLetters {
  /** Name of the station that holds them. It may not exist yet, and may be shared with other stations. */
  dlsStation(): Promise<string>;
  /** The letters that are there when the iteration begins, oldest first per partition. None when there is no dead-letter station. */
  list(filter?: DeadLetterFilter): AsyncIterable<DeadLetter>;
  /**
   * Puts the message into its partition again, for its group alone, behind what is there; then drops the letter. Made again after a
   * failure, it does not send twice within the station's duplicate window.
   * @throws {UsageError} for a message that a schema refused: no group has ever been sent it.
   * @throws {ConsumerGroupNotFoundError} when the group does not read the partition (any more).
   * @throws {StationNotFoundError}
   */
  resend(letter: DeadLetter): Promise<void>;
  /** Removes a letter; one that is gone already is no error. */
  drop(letter: DeadLetter): Promise<void>;
}

type Begin = (station: StationName) => Operation;

const decoder = new TextDecoder();

/** @param begin - makes the operation of one call. */
export function createDeadLetters(connection: Connection, name: StationName, begin: Begin): DeadLetters {
  return {
    async dlsStation() {
      return deadLetterStation(await requireStation(begin(name), name));
    },
    async *list(filter = {}) {
      requireKnownKeys("list", filter, new Set(["consumerGroup"]));
      const group = filter.consumerGroup === undefined ? undefined : parseConsumerGroupName(filter.consumerGroup);
      const dls = deadLetterStation(await requireStation(begin(name), name));
      for await (const letter of readLetters(begin, dls)) {
        if (letter.station === name && (group === undefined || letter.group === group)) yield letter;
      }
    },
    async resend(letter) {
      requireLetter("resend", letter);
      if (letter.cause === "schema") {
        throw new UsageError("a message that a schema refused was never in its station: produce it anew");
      }
      await resend(connection, begin(name), letter);
      await drop(begin(name), letter);
    },
    async drop(letter) {
      requireLetter("drop", letter);
      await drop(begin(name), letter);
    },
  };
}

async function* readLetters(begin: Begin, dls: StationName): AsyncGenerator<DeadLetter, void, undefined> {
  const head = await readHead(begin(dls), dls);
  if (head === undefined) return;
  for (const partition of toStation(head).partitions) {
    const stream = partitionStream(dls, partition);
    const last = (await streamInfo(begin(dls), stream))?.state.last_seq ?? 0;
    for (let sequence = 1; sequence <= last; sequence++) {
      // Each look is an operation of its own: the reader may take any time between two letters.
      const request = { seq: sequence, next_by_subj: finalSubject(stream) };
      const message = await readStoredMessage(begin(dls), stream, request);
      if (message === undefined || message.sequence > last) break;
      ({ sequence } = message);
      const story = decodeDeadLetterHeaders(message.headers);
      if (story === undefined) continue;
      yield {
        ...story,
        letter: { station: dls, partition, sequence },
        data: message.data,
        headers: originalHeaders(message.headers),
      };
    }
  }
}

async function resend(connection: Connection, operation: Operation, letter: DeadLetter): Promise<void> {
  const station = parseStationName(letter.station);
  const group = parseConsumerGroupName(letter.group);
  await listenToResent(operation, { station, partition: letter.partition, group });
  const stream = partitionStream(station, letter.partition);
  const messageId = `resend.${letterStream(letter)}.${letter.letter.sequence}`;
  const headerLines = encodeResentHeaders(letter.headers, messageId);
  await operation.repeat(async () => {
    const bytes = await connection.request(resendSubject(stream, group), letter.data, { headerLines, station });
    const answer = JSON.parse(decoder.decode(bytes)) as { error?: ApiErrorBody };
    if (answer.error !== undefined) throw apiErrorToStationkitError(answer.error, { station });
  });
}

async function drop(operation: Operation, letter: DeadLetter): Promise<void> {
  const stream = letterStream(letter);
  const request = { seq: letter.letter.sequence };
  if ((await readStoredMessage(operation, stream, request)) === undefined) return;
  await operation.request(`STREAM.MSG.DELETE.${stream}`, { ...request, no_erase: true });
}

function letterStream({ letter }: DeadLetter): string {
  return partitionStream(parseStationName(letter.station), letter.partition);
}

async function requireStation(operation: Operation, name: StationName): Promise<Station> {
  const head = await readHead(operation, name);
  if (head === undefined) throw new StationNotFoundError(name);
  return toStation(head);
}

function requireLetter(call: string, letter: unknown): void {
  if (typeof letter === "object" && letter !== null && "letter" in letter) return;
  throw new UsageError(`${call} needs a letter of list()`);
}
