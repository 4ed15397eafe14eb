/** An unpacked nats-server in a temporary directory; `remove` deletes that directory once the file has been copied. */
export interface FetchedBinary {
  readonly path: string;
  /** Where it came from, for people: no address of a mirror, no credentials. */
  readonly origin: string;
  readonly remove: () => Promise<void>;
}
