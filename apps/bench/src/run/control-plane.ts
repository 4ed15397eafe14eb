import { connect, type Connection } from "@stationkit/core-protocol";
import { readingDurable } from "../contender/reading-durable.js";
import { streamsOf } from "../contender/streams-of.js";

/** Where the control plane answers. */
export interface ControlPlaneOptions {
  readonly server: string;
  readonly station: string;
  readonly partitions: number;
}

/** What it reads of a request for a consumer. */
interface ConsumerRequest {
  readonly consumers_group: string;
  readonly max_ack_time_ms: number;
  readonly max_msg_deliveries: number;
}

const NANOSECONDS = 1_000_000;

/**
 * As much of a Memphis broker as memphis-dev needs to produce to a station that exists, and to consume from it: it asks for a producer
 * or a consumer and is told the partitions, with no schema and no functions; a consumer's durables are made first. Everything else
 * that it subscribes to stays silent.
 */
export async function startControlPlane({
  server,
  station,
  partitions,
}: ControlPlaneOptions): Promise<AsyncDisposable> {
  const connection = await connect({ servers: server });
  const declared = {
    error: "",
    partitions_update: { partitions_list: Array.from({ length: partitions }, (_, index) => index + 1) },
    schema_update: {
      schema_name: "",
      type: "",
      active_version: { version_number: 0, descriptor: "", schema_content: "", message_struct_name: "" },
    },
  };
  const producer = JSON.stringify({
    ...declared,
    schemaverse_to_dls: true,
    send_notification: false,
    station_version: 2,
    station_partitions_first_functions: {},
  });
  const streams = streamsOf(station, partitions);
  /** What is answered to each request; an empty answer is success. */
  const answers: Readonly<Record<string, (request: string) => Promise<string>>> = {
    $memphis_producer_creations: () => Promise.resolve(producer),
    $memphis_producer_destructions: () => Promise.resolve(""),
    $memphis_consumer_creations: async (request) => {
      const wanted = JSON.parse(request) as ConsumerRequest;
      await Promise.all(streams.map((stream) => addDurable(connection, stream, wanted)));
      return JSON.stringify(declared);
    },
    $memphis_consumer_destructions: () => Promise.resolve(""),
  };
  for (const [subject, answer] of Object.entries(answers)) {
    connection.natsConnection.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) return;
        // Whatever is no JSON is an error to the SDK.
        void answer(message.string())
          .catch(String)
          .then((text) => message.respond(text));
      },
    });
  }
  await connection.natsConnection.flush();
  return { [Symbol.asyncDispose]: () => connection.close() };
}

/** @see Memphis broker 1.4.4, memphis_helper.go:787-850 */
async function addDurable(connection: Connection, stream: string, wanted: ConsumerRequest): Promise<void> {
  const config = {
    ...readingDurable(stream, wanted.consumers_group),
    ack_policy: "explicit",
    ack_wait: wanted.max_ack_time_ms * NANOSECONDS,
    max_deliver: wanted.max_msg_deliveries,
  };
  const operation = `CONSUMER.CREATE.${stream}.${config.durable_name}.${config.filter_subject}`;
  await connection.jetStream.request(operation, { stream_name: stream, config });
}
