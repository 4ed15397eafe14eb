export { expectNoClients } from "./clients.js";
export { itOnJetStream, startSuiteBridge, type SuiteBridge, suiteOptions } from "./control-plane.js";
export { rejection } from "./rejection.js";
export { failOnUnhandledRejections } from "./unhandled-rejections.js";
export { type Broker, freshName, useBroker } from "./use-broker.js";
export { testReadme } from "./readme.js";
