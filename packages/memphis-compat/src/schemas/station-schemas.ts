import {
  type Connection,
  type ConnectionStatus,
  type StationName,
  StationNotFoundError,
  toStationkitError,
} from "@stationkit/core-protocol";
import { CONTROL_SUBJECT, decodeSdkClientsUpdate } from "@stationkit/core-protocol/control";
import { createStationAdmin } from "@stationkit/station-admin";
import type { Log } from "../log.js";
import { lookUpSchema, NO_SCHEMA, type SchemaState } from "./schema-lookup.js";
import { FollowedSchema } from "./station-schema.js";

/** What the schemas of a connection's stations need. */
export interface StationSchemasParts {
  readonly connection: Connection;
  readonly username: string;
  readonly log: Log;
  /** The control plane says that a station is gone. */
  readonly onRemoved: (station: StationName) => void;
}

interface Held {
  readonly followed: FollowedSchema;
  readonly ready: Promise<void>;
  holders: number;
}

/** A station's schema in the hands of a producer or consumer. */
export interface HeldSchema {
  readonly schema: FollowedSchema;
  release(): void;
}

/** The schemas of all stations that a connection's producers and consumers use, each followed once. */
export class StationSchemas {
  readonly #parts: StationSchemasParts;
  readonly #held = new Map<StationName, Held>();
  readonly #unsubscribe: () => void;
  /** One has answered on this connection. */
  #hasControlPlane = false;

  constructor(parts: StationSchemasParts) {
    this.#parts = parts;
    const { connection } = parts;
    const subscription = connection.natsConnection.subscribe(CONTROL_SUBJECT.sdkClientsUpdates, {
      callback: (error, message) => {
        if (error === null) this.#announced(message.data);
      },
    });
    connection.on("status", this.#onStatus);
    this.#unsubscribe = () => {
      connection.off("status", this.#onStatus);
      if (!subscription.isClosed()) subscription.unsubscribe();
    };
  }

  /** Resolves when the schema of an existing station is known and ready. */
  async hold(station: StationName): Promise<HeldSchema> {
    let held = this.#held.get(station);
    if (held === undefined) {
      const followed = new FollowedSchema(station, { ...this.#parts, lookUp: (name) => this.#lookUp(name) });
      held = { followed, ready: followed.refresh(), holders: 0 };
      this.#held.set(station, held);
    }
    const mine = held;
    mine.holders++;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      if (--mine.holders > 0) return;
      mine.followed.stop();
      if (this.#held.get(station) === mine) this.#held.delete(station);
    };
    try {
      await mine.ready;
    } catch (error) {
      release();
      throw error;
    }
    return { schema: mine.followed, release };
  }

  close(): void {
    this.#unsubscribe();
    for (const { followed } of this.#held.values()) followed.stop();
    this.#held.clear();
  }

  /**
   * A look-up at a control plane makes a station that is missing, so it is looked for first.
   * @returns undefined where a control plane has been, and nobody answers now: it may know a schema.
   */
  async #lookUp(station: StationName): Promise<SchemaState | undefined> {
    const { connection, username } = this.#parts;
    try {
      await createStationAdmin(connection).describe(station);
    } catch (error) {
      if (error instanceof StationNotFoundError) return NO_SCHEMA;
      throw error;
    }
    const state = await lookUpSchema(connection, username, station);
    if (state !== undefined) this.#hasControlPlane = true;
    return state ?? (this.#hasControlPlane ? undefined : NO_SCHEMA);
  }

  /** What was announced during an outage has not been heard. */
  readonly #onStatus = (status: ConnectionStatus): void => {
    if (status.type !== "reconnected") return;
    for (const { followed } of this.#held.values()) followed.lookAgain();
  };

  #announced(data: Uint8Array): void {
    try {
      const update = decodeSdkClientsUpdate(data);
      if (update === undefined) return;
      if (update.type === "remove_station") this.#parts.onRemoved(update.station);
      else if (update.type === "schemaverse_to_dls") {
        const held = this.#held.get(update.station);
        if (held !== undefined) held.followed.schemaverseToDls = update.enabled;
      } else {
        for (const { followed } of this.#held.values()) followed.sendNotification = update.enabled;
      }
    } catch (error) {
      this.#parts.log.error(`an update of the control plane: ${toStationkitError(error).message}`);
    }
  }
}
