export { type ModelBroker, type ModelStation, type ResentMessage, startModelBroker } from "./model-broker.js";
export type { RecordedMessage } from "./recorder.js";
