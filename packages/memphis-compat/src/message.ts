import { type StationkitError, toStationkitError } from "@stationkit/core-protocol";
import type { ConsumerMessage } from "@stationkit/consumer";
import { shownHeaders } from "./message-headers.js";
import type { FollowedSchema } from "./schemas/station-schema.js";

/** A message in the hands of its reader. It is delivered again, unless it is answered within the group's `maxAckTimeMs`. */
export class Message {
  readonly #message: ConsumerMessage;
  readonly #schema: FollowedSchema;
  readonly #onError: (error: StationkitError) => void;

  /** @internal */
  constructor(message: ConsumerMessage, schema: FollowedSchema, onError: (error: StationkitError) => void) {
    this.#message = message;
    this.#schema = schema;
    this.#onError = onError;
  }

  /** The message is done with. The first answer counts, later ones do nothing. */
  ack(): void {
    void this.#message.ack();
  }

  /** Gives the message back: it is delivered again at once, to any member of the group. */
  nack(): void {
    void this.#message.nack();
  }

  /** Gives the message back, to be delivered again after so many milliseconds, fractions rounded. @throws {UsageError} for a negative number. */
  delay(millis: number): void {
    const rounded = Math.round(millis);
    if (rounded === 0) {
      this.nack();
      return;
    }
    this.#message.delay(rounded).catch(this.#failed);
  }

  /** Puts the message into the dead-letter station. When that cannot be done the consumer's `error` says so, and the message comes again. */
  deadLetter(reason: string): void {
    this.#message.deadLetter(reason).catch(this.#failed);
  }

  /** The payload, a copy. */
  getData(): Buffer {
    return Buffer.from(this.#message.data);
  }

  /**
   * What the payload says by the station's schema: an object for JSON, Avro and Protobuf, text for GraphQL. Without a schema, the bytes.
   * @throws {SchemaValidationError} when it is not of the schema. @throws {SchemaUnusableError}
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- memphis-dev's type: its users read properties without a cast
  getDataDeserialized(): any {
    const format = this.#schema.ready;
    return format === undefined ? this.getData() : format.decode(this.#message.data);
  }

  /** The payload as JSON. @throws {UndecodableMessageError} when it is none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- memphis-dev says Object, of which nothing can be read without a cast
  getDataAsJson(): any {
    return this.#message.json();
  }

  /** The first value of each header, without those of broker and SDK. */
  getHeaders(): Record<string, string> {
    return shownHeaders(this.#message.headers);
  }

  /** From 1, per partition. */
  getSequenceNumber(): number {
    return this.#message.sequence;
  }

  /** When it was stored, by the server's clock. */
  getTimeSent(): Date {
    return this.#message.storedAt;
  }

  readonly #failed = (error: unknown): void => {
    this.#onError(toStationkitError(error));
  };
}
