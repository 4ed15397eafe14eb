export { serveMemphis } from "./serve-memphis.js";
export type { MemphisBridge } from "./memphis-bridge.js";
export { BRIDGE_DEFAULTS, type BridgeOptions } from "./bridge-options.js";
export type {
  AnsweredRequest,
  BridgeEvents,
  BridgeEventKind,
  RefusedEvent,
  StoredDeadLetter,
} from "./bridge-events.js";
