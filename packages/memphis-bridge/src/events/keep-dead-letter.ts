import {
  type ApiErrorBody,
  apiErrorToStationkitError,
  BrokerError,
  finalSubject,
  type MessageHeaders,
  partitionStream,
  type StationName,
} from "@stationkit/core-protocol";
import type { SchemaverseDlsEvent } from "@stationkit/core-protocol/control";
import {
  type DeadLetterCause,
  deadLetterStationOptions,
  type DeadLetterStory,
  encodeDeadLetterHeaders,
  parseHeaders,
  type Station,
} from "@stationkit/station-admin";
import type { BridgeContext } from "../context.js";
import { repeat } from "../repeat.js";
import { NO_MESSAGE_FOUND, serverErrorCode } from "../state/own-stream.js";
import { requireStation } from "../stations.js";

/** What a Memphis broker adds to the copies that it puts into a station. @see memphis-protocol.md section 4 */
const MEMPHIS_TYPE: Readonly<Record<DeadLetterCause, string>> = {
  rejected: "unacked",
  "max-deliveries": "unacked",
  undecodable: "unacked",
  schema: "failed_schema",
};
const decoder = new TextDecoder();

/** A message that a group is done with. */
interface GivenUpPlace {
  readonly station: StationName;
  readonly partition: number;
  readonly sequence: number;
  readonly group: string;
}

/**
 * Keeps a copy of a message that a group gave up, in the station's dead-letter station. What its station does not want kept
 * is left alone.
 * @throws {BrokerError} with `NO_MESSAGE_FOUND` when the message is gone. @throws {StationNotFoundError} when its partition is not there.
 */
export async function keepGivenUp(
  context: BridgeContext,
  { station: name, partition, sequence, group }: GivenUpPlace,
  why: Pick<DeadLetterStory, "cause" | "reason" | "deliveries">,
): Promise<void> {
  const station = await requireStation(context, name);
  if (why.cause === "max-deliveries" && !(await context.state.station(station)).dls.poison) return;
  const stream = partitionStream(name, partition);
  const message = await readMessage(context, { station: name, stream, sequence });
  const story = { ...why, deadLetteredAt: new Date(), station: name, partition, sequence, group, consumer: "" };
  // The same as a consumer of ours would give it: the letter of one message and group is stored once, whoever tells of it.
  const id = `dead-letter.${stream}.${sequence}.${Date.parse(message.time)}.${group}`;
  await keep(context, station, { story, id, ...message });
}

/** Keeps a message that a schema refused. It never was in the station, so there is nothing to send again. */
export async function keepSchemaFailure(
  context: BridgeContext,
  event: SchemaverseDlsEvent,
  eventId: string,
): Promise<void> {
  const station = await requireStation(context, event.station);
  const { partition = 1, data } = event;
  const story: DeadLetterStory = {
    cause: "schema",
    reason: event.validationError,
    deadLetteredAt: new Date(),
    deliveries: 0,
    ...{ station: event.station, partition, sequence: 0, group: "", consumer: event.producerName },
  };
  await keep(context, station, { story, id: `dead-letter.schema.${eventId}`, headers: tidy(event.headers), data });
}

/** The headers as far as a message can carry them: these come as JSON, which can hold anything. */
function tidy(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => /^[!-9;-~]+$/.test(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, value.replaceAll(/[\r\n]+/g, " ").trim()]));
}

interface Letter {
  readonly story: DeadLetterStory;
  /** Under which it is stored once. */
  readonly id: string;
  readonly headers: MessageHeaders;
  readonly data: Uint8Array;
}

async function keep(context: BridgeContext, station: Station, letter: Letter): Promise<void> {
  const { connection, admin, options, emitter } = context;
  const { story } = letter;
  const isChosen = station.settings.dlsStation !== undefined;
  const told = isChosen ? { station: story.station, type: MEMPHIS_TYPE[story.cause] } : {};
  const headerLines = encodeDeadLetterHeaders(story, { ...letter.headers, ...told }, letter.id);
  const dls = await admin.ensure(deadLetterStationOptions(station));
  const partition = dls.partitions[(story.partition - 1) % dls.partitions.length] ?? 1;
  const subject = finalSubject(partitionStream(dls.name, partition));
  await repeat(options.requestTimeoutMs, async () => {
    const bytes = await connection.request(subject, letter.data, { headerLines, station: dls.name });
    const { error } = JSON.parse(decoder.decode(bytes)) as { error?: ApiErrorBody };
    if (error !== undefined) throw apiErrorToStationkitError(error, { station: dls.name });
  });
  const { cause, reason, sequence, group } = story;
  const place = { station: story.station, partition: story.partition, sequence, group };
  emitter.emit("dead-letter-stored", { ...place, cause, reason, dlsStation: dls.name });
}

interface StoredMessage {
  readonly headers: MessageHeaders;
  readonly data: Uint8Array;
  /** RFC 3339. */
  readonly time: string;
}

async function readMessage(
  { connection, options }: BridgeContext,
  { station, stream, sequence }: { readonly station: StationName; readonly stream: string; readonly sequence: number },
): Promise<StoredMessage> {
  try {
    const { message } = await repeat(options.requestTimeoutMs, () =>
      connection.jetStream.request<{ message: { hdrs?: string; data?: string; time: string } }>(
        `STREAM.MSG.GET.${stream}`,
        { seq: sequence },
        { station },
      ),
    );
    return {
      headers: parseHeaders(Buffer.from(message.hdrs ?? "", "base64").toString("utf8")),
      data: Buffer.from(message.data ?? "", "base64"),
      time: message.time,
    };
  } catch (cause) {
    if (serverErrorCode(cause) !== NO_MESSAGE_FOUND) throw cause;
    const reason = `message ${sequence} of ${stream} is gone: it cannot be kept as a dead letter`;
    throw new BrokerError(reason, { serverErrorCode: NO_MESSAGE_FOUND }, { cause });
  }
}
