import { DeliveryError } from "@stationkit/producer";

/** Runs work with a producer and closes it. What was not delivered is in the run's own books, with its reason. */
export async function closeAfter<T>(producer: { close(): Promise<void> }, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await producer.close().catch((error: unknown) => {
      if (!(error instanceof DeliveryError)) throw error;
    });
  }
}
