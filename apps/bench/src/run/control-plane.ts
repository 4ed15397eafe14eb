import { connect } from "@stationkit/core-protocol";

/**
 * As much of a Memphis broker as memphis-dev needs to produce to a station that exists: it asks for the producer and is told the
 * partitions, with no schema and no functions. Everything else that it subscribes to stays silent.
 */
export async function startControlPlane(server: string, partitions: number): Promise<AsyncDisposable> {
  const connection = await connect({ servers: server });
  const reply = JSON.stringify({
    error: "",
    partitions_update: { partitions_list: Array.from({ length: partitions }, (_, index) => index + 1) },
    schema_update: {
      schema_name: "",
      type: "",
      active_version: { version_number: 0, descriptor: "", schema_content: "", message_struct_name: "" },
    },
    schemaverse_to_dls: true,
    send_notification: false,
    station_version: 2,
    station_partitions_first_functions: {},
  });
  // An empty answer is success.
  const answers = { $memphis_producer_creations: reply, $memphis_producer_destructions: "" };
  for (const [subject, answer] of Object.entries(answers)) {
    connection.natsConnection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) message.respond(answer);
      },
    });
  }
  await connection.natsConnection.flush();
  return { [Symbol.asyncDispose]: () => connection.close() };
}
