import { describe, expect, it } from "vitest";
import { type MessageOwner, type NatsMessage, StationMessage } from "./station-message.js";

/** Takes down what is written, and buries when it is told to. */
function create() {
  const log: string[] = [];
  let stored: () => void = () => undefined;
  let refused: (error: Error) => void = () => undefined;
  const owner: MessageOwner = {
    station: "s",
    partition: 1,
    mayGiveBack: () => true,
    write: (_, word) => log.push(word) > 0,
    answered: () => void log.push("answered"),
    renewed: () => void log.push("renewed"),
    confirm: () => Promise.resolve(void log.push("confirm")),
    handOut: () => undefined,
    release: () => undefined,
    bury: async (message, reason) => {
      log.push(`bury: ${reason}`);
      await new Promise<void>((resolve, reject) => {
        stored = resolve;
        refused = reject;
      });
      message.terminate();
    },
  };
  const message = new StationMessage(owner, { data: new Uint8Array() } as NatsMessage, 0);
  return {
    ...{ log, message },
    store: () => {
      stored();
    },
    refuse: () => {
      refused(new Error("no room"));
    },
  };
}

describe("a message whose dead letter is being stored", () => {
  it("takes no other answer, and is taken from the group when it is stored", async () => {
    const { log, message, store } = create();
    const burying = message.deadLetter("why");
    expect(message.isAnswered).toBe(true);
    await message.ack();
    await message.ack({ confirmed: true });
    await message.nack();
    await message.delay(5);
    await message.deadLetter("again");
    store();
    await burying;
    await message.nack();
    expect(log).toEqual(["bury: why", "+TERM", "answered"]);
    expect(message.isAnswered).toBe(true);
  });

  it("can be renewed until then, and not afterwards", async () => {
    const { log, message, store } = create();
    const burying = message.deadLetter("why");
    await message.working();
    store();
    await burying;
    await message.working();
    expect(log).toEqual(["bury: why", "+WPI", "renewed", "+TERM", "answered"]);
  });

  it("is unanswered again when it cannot be stored", async () => {
    const { log, message, refuse } = create();
    const burying = message.deadLetter("why");
    refuse();
    await expect(burying).rejects.toThrow("no room");
    expect(message.isAnswered).toBe(false);
    await message.nack();
    expect(log).toEqual(["bury: why", "-NAK", "answered"]);
  });
});
