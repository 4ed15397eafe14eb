import { parseConsumerName, parseStationName, type ConsumerName, type StationName } from "@stationkit/core-protocol";
import { parseRequestedName } from "@stationkit/core-protocol/control";

/** @throws {BrokerError} with the text to answer. */
export function requestedStation(name: string): StationName {
  return parseRequestedName("Station", name, parseStationName);
}

/** @throws {BrokerError} with the text to answer. */
export function requestedConsumer(name: string): ConsumerName {
  return parseRequestedName("Consumer", name, parseConsumerName);
}
