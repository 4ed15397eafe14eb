import { BrokerError, partitionStream, StationConflictError, streamSubjects } from "@stationkit/core-protocol";
import { inParallel, type Operation } from "../operation.js";
import { readHead, type StationHead } from "../read-station.js";
import { replicasToTry } from "../replicas.js";
import { partitionNumbers } from "../station.js";
import type { StationRequest } from "../station-request.js";
import { clientOf } from "./memphis-client.js";
import { toStationCreation } from "./station-creation.js";
import { streamsOnSubject } from "./streams-on-subject.js";

/** How often a station that the broker has accepted is looked for; about three seconds. */
const LOOKS = 7;

/**
 * Makes the station when it is missing, and proves by its streams that it is there: a broker answers "done" also when it knows neither
 * user nor schema, and when a station of that name exists with other settings.
 * @param check - called with a station that is there already, and with the one that was made; may throw.
 * @throws {StationConflictError} before anything is asked for, when a stream takes the subjects of partition 2 or a later one: a
 *   broker that fails there after it has made partition 1 panics.
 * @see memphis-protocol.md section 3.1
 */
export async function establishOnMemphis(
  operation: Operation,
  request: StationRequest,
  check?: (head: StationHead) => void,
): Promise<StationHead> {
  const creations = replicasToTry(operation.connection, request.settings.replicas).map((replicas) =>
    toStationCreation(request, replicas),
  );
  const there = await readHead(operation, request.name);
  if (there !== undefined) {
    check?.(asFarAsReadable(there, request));
    return there;
  }
  await refuseTakenSubjects(operation, request);
  await createFirstPossible(operation, creations);
  for (let look = 0; look < LOOKS && !operation.expired; look++) {
    const head = await readHead(operation, request.name);
    if (head !== undefined) {
      check?.(asFarAsReadable(head, request));
      return head;
    }
    await operation.pause(look);
  }
  throw new BrokerError(
    `station "${request.name}": the Memphis broker said done and has made no partition: it does not know the user ` +
      `"${operation.connection.username ?? ""}", or has an old station without partitions under this name`,
  );
}

/** A broker's streams do not tell the dead-letter station: it is taken for what was asked for. */
function asFarAsReadable(head: StationHead, { settings: { dlsStation } }: StationRequest): StationHead {
  return head.record === undefined ? { ...head, settings: { ...head.settings, dlsStation } } : head;
}

/** Three copies where nothing was said, and one where the broker has not got the servers. */
async function createFirstPossible(
  operation: Operation,
  creations: readonly ReturnType<typeof toStationCreation>[],
): Promise<void> {
  const client = clientOf(operation);
  for (const [index, creation] of creations.entries()) {
    try {
      await client.createStation(creation);
      return;
    } catch (error) {
      const isShortage = error instanceof BrokerError && error.message.includes("replicas");
      if (!isShortage || index === creations.length - 1) throw error;
    }
  }
}

async function refuseTakenSubjects(operation: Operation, { name, partitions }: StationRequest): Promise<void> {
  await inParallel(partitionNumbers(partitions).slice(1), async (partition) => {
    const taken = await streamsOnSubject(operation, streamSubjects(partitionStream(name, partition)));
    if (taken.length === 0) return;
    throw new StationConflictError(
      `station "${name}": stream "${taken.join(", ")}" takes the subjects of partition ${partition}: remove it first`,
      name,
    );
  });
}
