import { BrokerError } from "../errors/broker-errors.js";
import {
  type ConsumerGroupName,
  type ConsumerName,
  parseConsumerGroupName,
  parseConsumerName,
  parseStationName,
  type StationName,
} from "../names.js";
import { type ClientType, requireClientType } from "./client-type.js";
import { CONSUMER_CREATION_DEFAULTS, type ConsumerCreationRequest } from "./consumer-requests.js";
import { parseRequestedName } from "./refused-name.js";

/** What a broker delivers at most, and what it takes for a number outside 1 to 10. @see memphis-protocol.md section 3.5 */
const MAX_MESSAGE_DELIVERIES = 10;

/** A consumer creation request after a broker's rules: ready to be carried out. */
export type NormalizedConsumerCreation = Omit<
  ConsumerCreationRequest,
  "consumerName" | "stationName" | "consumerType" | "consumerGroup"
> & {
  readonly consumerName: ConsumerName;
  readonly stationName: StationName;
  readonly consumerType: ClientType;
  /** The consumer's name when none was asked for. */
  readonly consumerGroup: ConsumerGroupName;
};

/**
 * What a broker makes of a consumer creation request.
 * @throws {BrokerError} outcome `rejected`; its message is the text to answer.
 * @see memphis-protocol.md section 3.5
 */
export function normalizeConsumerCreation(request: ConsumerCreationRequest): NormalizedConsumerCreation {
  const consumerName = parseRequestedName("Consumer", request.consumerName, parseConsumerName);
  const group = request.consumerGroup === "" ? request.consumerName : request.consumerGroup;
  const consumerGroup = parseRequestedName("Consumer group", group, parseConsumerGroupName);
  const consumerType = requireClientType("consumer", request.consumerType);
  requireStart(request);
  return {
    ...request,
    consumerName,
    consumerGroup,
    consumerType,
    stationName: parseRequestedName("Station", request.stationName, parseStationName),
    maxAckTimeMs: request.maxAckTimeMs <= 0 ? CONSUMER_CREATION_DEFAULTS.maxAckTimeMs : request.maxAckTimeMs,
    maxMessageDeliveries: normalizeDeliveries(request.maxMessageDeliveries),
  };
}

function requireStart({ startConsumeFromSequence, lastMessages }: ConsumerCreationRequest): void {
  if (startConsumeFromSequence < 1) throw new BrokerError("start_consume_from_sequence must be at least 1");
  if (lastMessages < -1) throw new BrokerError("last_messages must be at least -1");
  if (lastMessages > -1 && startConsumeFromSequence > 1) {
    throw new BrokerError("start_consume_from_sequence and last_messages must not be used together");
  }
}

function normalizeDeliveries(deliveries: number): number {
  return deliveries >= 1 && deliveries <= MAX_MESSAGE_DELIVERIES ? deliveries : MAX_MESSAGE_DELIVERIES;
}
