/** What can put its waiting messages on the wire. */
export interface Sender {
  advance(): void;
}

/**
 * Lets messages that are produced one after the other leave together, at the end of the current turn of the event loop: each
 * separate write to the socket costs more than all the rest of a message.
 */
export class SendScheduler {
  readonly #senders = new Set<Sender>();

  schedule(sender: Sender): void {
    this.#senders.add(sender);
    if (this.#senders.size > 1) return;
    setImmediate(() => {
      const senders = [...this.#senders];
      this.#senders.clear();
      for (const one of senders) one.advance();
    });
  }
}
