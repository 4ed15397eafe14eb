import type { Scenario } from "@stationkit/test-kit";
import * as cluster from "./cluster.js";
import { exclusiveMembers } from "./exclusive-members.js";
import { membersKilled } from "./members-killed.js";
import { poisonKills } from "./poison-kills.js";
import { poisonMessage } from "./poison-message.js";
import { serverLimit } from "./server-limit.js";
import * as serverProcess from "./server-process.js";
import { slowHandler } from "./slow-handler.js";

/** In the order in which a campaign runs them. */
export const scenarios: readonly Scenario[] = [
  membersKilled,
  exclusiveMembers,
  slowHandler,
  poisonMessage,
  poisonKills,
  serverLimit,
  ...Object.values(serverProcess),
  ...Object.values(cluster),
];
