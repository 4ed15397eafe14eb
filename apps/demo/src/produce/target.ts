import type { MultiStationProducer, ProduceRequest, Producer, PubAck } from "@stationkit/producer";

/** Where records go: a producer for one station or for several. */
export interface Target {
  /** Resolves when the record is admitted to the window. */
  admit(request: ProduceRequest): Promise<{ readonly acknowledged: Promise<readonly PubAck[]> }>;
  /** Resolves when the record is stored. */
  store(request: ProduceRequest): Promise<readonly PubAck[]>;
}

export function oneStation(producer: Producer): Target {
  return {
    admit: async (request) => {
      const { acknowledged } = await producer.produce(request);
      return { acknowledged: acknowledged.then((ack) => [ack]) };
    },
    store: async (request) => [await producer.produce({ ...request, asyncProduce: false })],
  };
}

export function severalStations(producer: MultiStationProducer): Target {
  return {
    admit: (request) => producer.produce(request),
    store: (request) => producer.produce({ ...request, asyncProduce: false }),
  };
}
