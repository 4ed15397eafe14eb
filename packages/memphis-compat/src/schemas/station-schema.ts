import { type Connection, type StationName, toStationkitError } from "@stationkit/core-protocol";
import { decodeSchemaUpdate, schemaUpdatesSubject, type StationSchema } from "@stationkit/core-protocol/control";
import type { Log } from "../log.js";
import { NO_SCHEMA, type SchemaState } from "./schema-lookup.js";
import { compileFormat, type StationFormat } from "./station-format.js";

/** What following a station's schema needs. */
export interface SchemaSource {
  readonly connection: Connection;
  readonly log: Log;
  /** What the control plane says now; undefined when it says nothing, though there is one. */
  lookUp(station: StationName): Promise<SchemaState | undefined>;
}

/** From one look to the next while there is no answer; doubles up to the second. */
const LOOK_AGAIN_MS = 1_000;
const LOOK_AGAIN_MAX_MS = 30_000;

type Compiled = { readonly format: StationFormat | undefined } | { readonly error: unknown };

/** The schema of one station, as it is now: looked up, and kept up to date by what the control plane announces. */
export class FollowedSchema {
  /** As announced or looked up; other processes' changes of these two come by `sdk_clients_updates`. */
  schemaverseToDls: boolean = NO_SCHEMA.schemaverseToDls;
  sendNotification: boolean = NO_SCHEMA.sendNotification;
  readonly #station: StationName;
  readonly #source: SchemaSource;
  readonly #stop: () => void;
  /** The newest; those who produce while it is made ready wait for it, in order. */
  #newest: Promise<Compiled> = Promise.resolve({ format: undefined });
  #inUse: Compiled = { format: undefined };
  #pending = 0;
  #announcements = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(station: StationName, source: SchemaSource) {
    this.#station = station;
    this.#source = source;
    const subscription = source.connection.natsConnection.subscribe(schemaUpdatesSubject(station), {
      callback: (error, message) => {
        if (error === null) this.#announced(message.data);
      },
    });
    this.#stop = () => {
      clearTimeout(this.#timer);
      this.#isStopped = true;
      if (!subscription.isClosed()) subscription.unsubscribe();
    };
  }

  /**
   * Asks for what may have been announced before.
   * @throws {StationkitError} for a refusal: then nothing is known.
   */
  async refresh(): Promise<void> {
    if (!(await this.#look())) this.lookAgain(LOOK_AGAIN_MS);
  }

  /** Asks for what may have been announced meanwhile, until there is an answer; what is known stays until then. */
  lookAgain(waitMs = 0): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tryAgain(waitMs), waitMs).unref();
  }

  /** @returns undefined without a schema. @throws {SchemaUnusableError} */
  async current(): Promise<StationFormat | undefined> {
    return unwrap(await this.#newest);
  }

  /** False while a newer schema is made ready. */
  get isSettled(): boolean {
    return this.#pending === 0;
  }

  /** What was made ready last: for those who cannot wait. @throws {SchemaUnusableError} */
  get ready(): StationFormat | undefined {
    return unwrap(this.#inUse);
  }

  stop(): void {
    this.#stop();
  }

  /** @returns false when nobody answers. */
  async #look(): Promise<boolean> {
    const before = this.#announcements;
    const state = await this.#source.lookUp(this.#station);
    if (state === undefined) return false;
    this.schemaverseToDls = state.schemaverseToDls;
    this.sendNotification = state.sendNotification;
    // What was announced meanwhile is newer than the answer.
    if (before === this.#announcements) this.#use(state.schema);
    await this.#newest;
    return true;
  }

  async #tryAgain(waitedMs: number): Promise<void> {
    let why = "nobody answers";
    try {
      if (this.#isStopped || (await this.#look())) return;
    } catch (error) {
      why = toStationkitError(error).message;
    }
    if (this.#isStopped) return;
    this.#source.log.error(`the schema of "${this.#station}" could not be looked up again: ${why}`);
    this.lookAgain(Math.min(Math.max(2 * waitedMs, LOOK_AGAIN_MS), LOOK_AGAIN_MAX_MS));
  }

  #announced(data: Uint8Array): void {
    try {
      const update = decodeSchemaUpdate(data);
      this.#announcements++;
      this.#use(update.type === "set" ? update.schema : undefined);
    } catch (error) {
      this.#source.log.error(`an update of the schema of "${this.#station}": ${toStationkitError(error).message}`);
    }
  }

  #use(schema: StationSchema | undefined): void {
    const before = this.#newest;
    this.#pending++;
    this.#newest = this.#compile(schema).then(async (compiled) => {
      await before;
      this.#inUse = compiled;
      this.#pending--;
      return compiled;
    });
  }

  async #compile(schema: StationSchema | undefined): Promise<Compiled> {
    try {
      return { format: schema === undefined ? undefined : await compileFormat(this.#station, schema) };
    } catch (error) {
      return { error };
    }
  }
}

function unwrap(compiled: Compiled): StationFormat | undefined {
  if ("error" in compiled) throw compiled.error;
  return compiled.format;
}
