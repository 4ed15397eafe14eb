import { type Connection, SERVER_ERROR, type BrokerError, StationkitError } from "@stationkit/core-protocol";
import { repeat } from "../repeat.js";

/** As much of JetStream's stream configuration as the bridge's own streams need; durations in nanoseconds. */
export interface OwnStreamConfig {
  readonly name: string;
  readonly description: string;
  readonly subjects: readonly string[];
  readonly retention: "limits" | "workqueue";
  readonly discard: "old" | "new";
  readonly max_age?: number;
  readonly max_bytes?: number;
  readonly max_msgs_per_subject?: number;
  readonly allow_direct?: boolean;
  readonly allow_rollup_hdrs?: boolean;
  readonly deny_delete?: boolean;
}

/** nats-server's number for a message that is not there. */
export const NO_MESSAGE_FOUND = 10037;

const CREATION_TIMEOUT_MS = 20_000;
/** What nats-server says where there are fewer servers than replicas; a single one has a number of its own for it. */
const PLACEMENT_ERRORS: readonly (number | undefined)[] = [10005, 10074];

/** Makes a stream of the bridge's own when it is missing; one that is there stays as it is. */
export async function ensureOwnStream(
  connection: Connection,
  config: OwnStreamConfig,
  replicas: number | undefined,
): Promise<void> {
  const counts = replicas === undefined ? (connection.server.cluster === undefined ? [1] : [3, 1]) : [replicas];
  for (const count of counts) {
    try {
      await repeat(CREATION_TIMEOUT_MS, () =>
        connection.jetStream.request(`STREAM.CREATE.${config.name}`, {
          ...config,
          storage: "file",
          num_replicas: count,
        }),
      );
      return;
    } catch (error) {
      const code = serverErrorCode(error);
      // Made before, with another configuration: with other replicas, or changed by its operator.
      if (code === SERVER_ERROR.streamNameInUse) return;
      if (!PLACEMENT_ERRORS.includes(code) || count === counts.at(-1)) throw error;
    }
  }
}

/** nats-server's number of what an error says, if it says any. */
export function serverErrorCode(error: unknown): number | undefined {
  return StationkitError.is(error) ? (error as Partial<BrokerError>).serverErrorCode : undefined;
}
