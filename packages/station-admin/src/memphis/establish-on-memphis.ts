import { BrokerError } from "@stationkit/core-protocol";
import type { Operation } from "../operation.js";
import { readHead, type StationHead } from "../read-station.js";
import { replicaShortage, replicasToTry } from "../replicas.js";
import type { StationRequest } from "../station-request.js";
import { clientOf } from "./memphis-client.js";
import { toStationCreation } from "./station-creation.js";
import { isBeingMade, findTaken } from "./taken-subjects.js";

/** How often a station that the broker has accepted, or another client is making, is looked for; about three seconds. */
const LOOKS = 7;
/** How long a broker may take for the other partitions of a station, which it makes after the first. */
const SETTLING_MS = 2_000;

/**
 * Makes the station when it is missing, and proves by its streams that it is there: a broker answers "done" also when it knows neither
 * user nor schema, and when a station of that name exists with other settings.
 * @param check - called with a station that is there already, and with the one that was made; may throw.
 * @throws {StationConflictError} before anything is asked for, when another stream has the name or the subjects of a partition: a
 *   broker that fails there after it has made partition 1 panics.
 * @see memphis-protocol.md section 3.1
 */
export async function establishOnMemphis(
  operation: Operation,
  request: StationRequest,
  check?: (head: StationHead) => void,
): Promise<StationHead> {
  // First of all: what the broker does not have is refused before any request.
  const creations = replicasToTry(operation.connection, request.settings.replicas).map((replicas) =>
    toStationCreation(request, replicas),
  );
  const there = await findOrMakeSureOfRoom(operation, request);
  if (there === undefined) await createFirstPossible(operation, request, creations);
  const head = there ?? (await findMade(operation, request));
  check?.(asFarAsReadable(head, request));
  return head;
}

/** @returns undefined when there is no station, and nothing in the way of one. */
async function findOrMakeSureOfRoom(operation: Operation, request: StationRequest): Promise<StationHead | undefined> {
  for (let look = 0; ; look++) {
    const head = await readSettled(operation, request);
    if (head !== undefined) return head;
    const taken = await findTaken(operation, request);
    if (taken === undefined) return undefined;
    if (!isBeingMade(request.name, taken) || look >= LOOKS || operation.expired) throw taken.error;
    await operation.pause(look);
  }
}

async function findMade(operation: Operation, request: StationRequest): Promise<StationHead> {
  for (let look = 0; look < LOOKS && !operation.expired; look++) {
    const head = await readSettled(operation, request);
    if (head !== undefined) return head;
    await operation.pause(look);
  }
  throw new BrokerError(
    `station "${request.name}": the Memphis broker said done and has made no partition: it does not know the user ` +
      `"${operation.connection.username ?? ""}", or has an old station without partitions under this name`,
  );
}

/** Partitions cannot be counted while the broker is still making them. */
async function readSettled(operation: Operation, request: StationRequest): Promise<StationHead | undefined> {
  for (let look = 0; ; look++) {
    const head = await readHead(operation, request.name);
    const isSettled = head?.record !== undefined || head?.partitionCount === request.partitions;
    if (head === undefined || isSettled || head.ageMs >= SETTLING_MS || operation.expired) return head;
    await operation.pause(look);
  }
}

/** A broker's streams do not tell the dead-letter station: it is taken for what was asked for. */
function asFarAsReadable(head: StationHead, { settings: { dlsStation } }: StationRequest): StationHead {
  return head.record === undefined ? { ...head, settings: { ...head.settings, dlsStation } } : head;
}

/** Three copies where nothing was said, and one where the broker has not got the servers. */
async function createFirstPossible(
  operation: Operation,
  { name }: StationRequest,
  creations: readonly ReturnType<typeof toStationCreation>[],
): Promise<void> {
  const client = clientOf(operation);
  for (const [index, creation] of creations.entries()) {
    try {
      await client.createStation(creation);
      return;
    } catch (error) {
      // The broker tells it by its text only. @see Memphis broker 1.4.4, memphis_handlers_stations.go
      if (!(error instanceof BrokerError) || !error.message.includes("replicas")) throw error;
      if (index === creations.length - 1) throw replicaShortage(name, creation.replicas ?? 1, error);
    }
  }
}
