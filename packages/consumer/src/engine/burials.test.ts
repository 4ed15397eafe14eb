import { RequestTimeoutError } from "@stationkit/core-protocol";
import { describe, expect, it, vi } from "vitest";
import { Burials } from "./burials.js";
import type { StoredDeadLetter } from "./dead-letter-writer.js";
import type { StationMessage } from "./station-message.js";

function message(sequence = 1, storedAt = new Date(5)) {
  const terminate = vi.fn();
  const delay = vi.fn(() => Promise.resolve());
  const place = { station: "s", partition: 1, sequence, deliveries: 3, storedAt };
  return { delivery: { ...place, terminate, delay } as unknown as StationMessage, terminate, delay };
}

function rig() {
  const stored: { resolve(): void; reject(error: Error): void }[] = [];
  const store = vi.fn(
    () =>
      new Promise<StoredDeadLetter>((resolve, reject) => {
        stored.push({
          resolve: () => {
            resolve({ notice: {} as never, isFirst: true });
          },
          reject,
        });
      }),
  );
  const observer = { buried: vi.fn(), failed: vi.fn(), delayMs: () => 500 };
  return { stored, store, observer, burials: new Burials({ store, follow: () => undefined }, observer) };
}

describe("a message that comes again while it is being stored", () => {
  it("is stored once, told of once, and taken from the group each time", async () => {
    const { stored, store, observer, burials } = rig();
    const deliveries = [message(), message(), message()];
    const ends = deliveries.map(({ delivery }) => burials.exhaust(delivery));
    const given = burials.bury(message().delivery, "rejected", "why");
    expect(store).toHaveBeenCalledOnce();
    stored[0]!.resolve();
    await Promise.all([...ends, given]);
    for (const { terminate } of deliveries) expect(terminate).toHaveBeenCalledOnce();
    expect(observer.buried).toHaveBeenCalledOnce();
    const later = burials.exhaust(message().delivery);
    stored[1]!.resolve();
    await later;
    expect(store).toHaveBeenCalledTimes(2);
  });

  it("is told of once when it cannot be stored, and put off each time", async () => {
    const { stored, observer, burials } = rig();
    const deliveries = [message(), message()];
    const ends = deliveries.map(({ delivery }) => burials.exhaust(delivery));
    stored[0]!.reject(new RequestTimeoutError("no", 5));
    await Promise.all(ends);
    expect(observer.failed).toHaveBeenCalledOnce();
    for (const { delay } of deliveries) expect(delay).toHaveBeenCalledWith(500);
    expect(observer.buried).not.toHaveBeenCalled();
  });

  it("is another one in another place, or in a station that was made again", () => {
    const { store, burials } = rig();
    for (const one of [message(1), message(2), message(1, new Date(6))]) void burials.exhaust(one.delivery);
    expect(store).toHaveBeenCalledTimes(3);
  });
});
