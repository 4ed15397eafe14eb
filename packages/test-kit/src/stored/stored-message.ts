/** A message as the server has it. */
export interface StoredMessage {
  readonly partition: number;
  /** From 1, per partition. */
  readonly sequence: number;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly headers: ReadonlyMap<string, string>;
}
