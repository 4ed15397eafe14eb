import { type ApiErrorBody, apiErrorToStationkitError, type Connection } from "@stationkit/core-protocol";
import { repeat } from "../repeat.js";
import { ensureOwnStream, NO_MESSAGE_FOUND, serverErrorCode } from "./own-stream.js";

const WRONG_LAST_SEQUENCE = 10071;
const TIMEOUT_MS = 10_000;
const decoder = new TextDecoder();

interface Stored {
  /** undefined when the key has no value. */
  readonly value: unknown;
  /** Sequence in the stream, 0 when nothing was ever written. */
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

  /**
   * Changes a value in one step, whatever others do at the same time.
   * @param change - from what is there to what is to be there; the same object or `undefined` for "leave it". May be called several times.
   * @returns what is there afterwards.
   */
  async update<Value>(
    key: string,
    parse: (value: unknown) => Value,
    change: (current: Value) => Value | undefined,
  ): Promise<Value> {
    return repeat(TIMEOUT_MS, async () => {
      for (;;) {
        const { value, revision } = await this.#read(key);
        const current = parse(value);
        const next = change(current);
        if (next === undefined || next === current) return current;
        if (await this.#write(key, JSON.stringify(next), revision)) return next;
      }
    });
  }

  /** Removes every value whose key matches, `*` and `>` being wildcards as in subjects. */
  async remove(keys: string): Promise<void> {
    await repeat(TIMEOUT_MS, () =>
      this.#connection.jetStream.request(`STREAM.PURGE.${this.#stream}`, { filter: this.#prefix + keys }),
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

  /** @returns false when somebody else has written since. @throws {StationkitError} */
  async #write(key: string, value: string, revision: number): Promise<boolean> {
    const headerLines = `Nats-Expected-Last-Subject-Sequence: ${revision}\r\n`;
    const bytes = await this.#connection.request(this.#prefix + key, value, { headerLines });
    const { error } = JSON.parse(decoder.decode(bytes)) as { error?: ApiErrorBody };
    if (error === undefined) return true;
    if (error.err_code === WRONG_LAST_SEQUENCE) return false;
    throw apiErrorToStationkitError(error);
  }
}

/** A name as one part of a key: names have dots, which separate the parts. */
export function keyPart(name: string): string {
  return name.replaceAll(".", "=");
}
