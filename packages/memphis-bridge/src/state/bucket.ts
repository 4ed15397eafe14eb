import { type ApiErrorBody, apiErrorToStationkitError, type Connection } from "@stationkit/core-protocol";
import { repeat } from "../repeat.js";
import { ensureOwnStream, NO_MESSAGE_FOUND, serverErrorCode } from "./own-stream.js";

/**
 * nats-server's numbers for a value that somebody else has written since; the second one by clusters (seen on 2.15.1) while the other write is on its
 * way to the copies. @see https://github.com/nats-io/nats-server/blob/main/server/errors.json
 */
const WRONG_LAST_SEQUENCE: readonly (number | undefined)[] = [10071, 10164];
const TIMEOUT_MS = 10_000;
const decoder = new TextDecoder();

/** What is kept under a key. */
export interface Stored<Value = unknown> {
  /** undefined when the key has no value. */
  readonly value: Value;
  /** Sequence in the stream, 0 when nothing is kept. */
  readonly revision: number;
}

/**
 * JSON by key, in a stream of its own, of the layout of JetStream's key-value stores: `nats kv` reads it. Keys are of `A-Z a-z 0-9 - _ / = .`.
 */
export class Bucket {
  readonly #connection: Connection;
  readonly #stream: string;
  readonly #prefix: string;

  private constructor(connection: Connection, name: string) {
    this.#connection = connection;
    this.#stream = `KV_${name}`;
    this.#prefix = `$KV.${name}.`;
  }

  static async open(connection: Connection, name: string, replicas: number | undefined): Promise<Bucket> {
    const bucket = new Bucket(connection, name);
    await ensureOwnStream(
      connection,
      {
        name: bucket.#stream,
        description: "what Memphis bridges know of stations, schemas and consumer groups",
        subjects: [`${bucket.#prefix}>`],
        retention: "limits",
        discard: "new",
        max_msgs_per_subject: 1,
        allow_direct: true,
        allow_rollup_hdrs: true,
        deny_delete: true,
      },
      replicas,
    );
    return bucket;
  }

  /** @returns the value, undefined for none. */
  async get(key: string): Promise<unknown> {
    return (await this.#read(key)).value;
  }

  /** @returns what the last write of all keys got as its revision, 0 before the first. */
  async lastRevision(): Promise<number> {
    const { state } = await repeat(TIMEOUT_MS, () =>
      this.#connection.jetStream.request<{ state: { last_seq: number } }>(`STREAM.INFO.${this.#stream}`),
    );
    return state.last_seq;
  }

  /**
   * Changes a value in one step, whatever others do at the same time.
   * @param change - from what is there to what is to be there; the same object or `undefined` for "leave it". May be called several times.
   * @returns what is there afterwards.
   */
  async update<Value>(
    key: string,
    parse: (value: unknown) => Value,
    change: (current: Value) => Value | undefined,
  ): Promise<Stored<Value>> {
    return repeat(TIMEOUT_MS, async () => {
      for (;;) {
        const { value, revision } = await this.#read(key);
        const current = parse(value);
        const next = change(current);
        if (next === undefined || next === current) return { value: current, revision };
        const written = await this.#write(key, JSON.stringify(next), revision);
        if (written !== undefined) return { value: next, revision: written };
      }
    });
  }

  /**
   * Removes every value whose key matches, `*` and `>` being wildcards as in subjects.
   * @param through - the last revision that may go: what was written after it stays.
   */
  async remove(keys: string, through: number): Promise<void> {
    await repeat(TIMEOUT_MS, () =>
      this.#connection.jetStream.request(`STREAM.PURGE.${this.#stream}`, {
        filter: this.#prefix + keys,
        seq: through + 1,
      }),
    );
  }

  /** The keys that match and have a value. */
  async keys(filter: string): Promise<string[]> {
    const { state } = await repeat(TIMEOUT_MS, () =>
      this.#connection.jetStream.request<{ state: { subjects?: Record<string, number> } }>(
        `STREAM.INFO.${this.#stream}`,
        { subjects_filter: this.#prefix + filter },
      ),
    );
    return Object.keys(state.subjects ?? {}).map((subject) => subject.slice(this.#prefix.length));
  }

  async #read(key: string): Promise<Stored> {
    try {
      const { message } = await repeat(TIMEOUT_MS, () =>
        this.#connection.jetStream.request<{ message: { seq: number; data?: string } }>(
          `STREAM.MSG.GET.${this.#stream}`,
          { last_by_subj: this.#prefix + key },
        ),
      );
      const text = Buffer.from(message.data ?? "", "base64").toString("utf8");
      // An operator's `nats kv del` leaves an empty message.
      return { value: text === "" ? undefined : (JSON.parse(text) as unknown), revision: message.seq };
    } catch (error) {
      if (serverErrorCode(error) === NO_MESSAGE_FOUND) return { value: undefined, revision: 0 };
      throw error;
    }
  }

  /** @returns its revision; undefined when somebody else has written since. @throws {StationkitError} */
  async #write(key: string, value: string, revision: number): Promise<number | undefined> {
    const headerLines = `Nats-Expected-Last-Subject-Sequence: ${revision}\r\n`;
    const bytes = await this.#connection.request(this.#prefix + key, value, { headerLines });
    const { error, seq } = JSON.parse(decoder.decode(bytes)) as { error?: ApiErrorBody; seq: number };
    if (error === undefined) return seq;
    if (WRONG_LAST_SEQUENCE.includes(error.err_code)) return undefined;
    throw apiErrorToStationkitError(error);
  }
}

/** A name as one part of a key: names have dots, which separate the parts. */
export function keyPart(name: string): string {
  return name.replaceAll(".", "=");
}
