export { Audit, type AuditOptions, type StoredIndex } from "./checker/audit.js";
export { brokenReading, type Reading, ReadingAudit, type ReceivedIndex } from "./checker/reading.js";
export { indexText, judgeStation, parseIndex } from "./checker/judge-station.js";
export { type FailureOutcome, Ledger, type Place } from "./checker/ledger.js";
export {
  brokenPromises,
  type Defect,
  DEFECTS,
  type Finding,
  ORDER_DEFECTS,
  type Promised,
  type Verdict,
} from "./checker/verdict.js";
export { leaderOf, type ObservedCluster } from "./cluster/leader-of.js";
export { oncePlaced } from "./cluster/once-placed.js";
export { type Direction } from "./proxy/link.js";
export { startTcpProxy, type TcpProxy } from "./proxy/tcp-proxy.js";
export { createRandom, type Random, randomSeed, spread } from "./random.js";
export { type Delivered } from "./stored/read-partition.js";
export { readStation, visitStation } from "./stored/read-station.js";
export type { StoredMessage } from "./stored/stored-message.js";
export { waitUntil, type WaitOptions } from "./wait-until.js";
export { Findings, type Report } from "./scenario/report.js";
export type { RunMessage, RunOrder, ScenarioEntry } from "./scenario/messages.js";
export { runScenario, type RunOptions } from "./scenario/run-scenario.js";
export { serveScenarios } from "./scenario/serve-scenarios.js";
export type { Scenario, ScenarioContext } from "./scenario/scenario.js";
