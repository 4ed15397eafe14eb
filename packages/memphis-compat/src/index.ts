import { Consumer } from "./consumer.js";
import { Memphis } from "./memphis.js";
import { Message } from "./message.js";
import { MsgHeaders } from "./message-headers.js";
import { Producer } from "./producer.js";
import { Station } from "./station.js";

/** Another connection beside `memphis`. */
export function createMemphisInstance(): Memphis {
  return new Memphis();
}

/** The connection that a program's modules share. */
export const memphis: Memphis = new Memphis();

export { Consumer, Memphis, Message, MsgHeaders, Producer, Station };
export { CONNECT_DEFAULTS, type ConnectOptions } from "./connect-options.js";
export type { RetentionTypes, StorageTypes } from "./constants.js";
export type { FetchOptions } from "./consumer.js";
export { CONSUMER_DEFAULTS, type ConsumerOptions, type FetchMessagesOptions } from "./consumer-options.js";
export { ControlPlaneMissingError, type SchemaPlace, SchemaUnusableError, SchemaValidationError } from "./errors.js";
export type { DirectProduceOptions, ProducerOptions, SchemaAttachment, SchemaOptions } from "./memphis.js";
export type { HeadersInput } from "./message-headers.js";
export { PRODUCE_DEFAULTS, type ProduceOptions } from "./produce-options.js";
export type { StationOptions } from "./station-options.js";

/** All of it by name, as the default export of memphis-dev. */
const everything: {
  readonly memphis: Memphis;
  readonly createMemphisInstance: typeof createMemphisInstance;
  readonly Consumer: typeof Consumer;
  readonly Memphis: typeof Memphis;
  readonly Message: typeof Message;
  readonly MsgHeaders: typeof MsgHeaders;
  readonly Producer: typeof Producer;
  readonly Station: typeof Station;
} = { memphis, createMemphisInstance, Consumer, Memphis, Message, MsgHeaders, Producer, Station };
export default everything;
