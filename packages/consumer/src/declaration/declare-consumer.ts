import type { Connection, ControlPlane } from "@stationkit/core-protocol";
import { controlPlaneOf } from "@stationkit/station-admin";
import type { ResolvedConsumerOptions } from "../consumer-options.js";
import { declareOnJetStream } from "./jetstream-declaration.js";
import type { Declaration } from "./declaration.js";
import { declareOnMemphis } from "./memphis-declaration.js";

type Declare = (connection: Connection, options: ResolvedConsumerOptions) => Promise<Declaration>;

const DECLARE: Readonly<Record<ControlPlane, Declare>> = { jetstream: declareOnJetStream, memphis: declareOnMemphis };

/** Makes a member known, in the way of the connection's control plane. Station and group exist afterwards. */
export async function declareConsumer(connection: Connection, options: ResolvedConsumerOptions): Promise<Declaration> {
  return DECLARE[await controlPlaneOf(connection)](connection, options);
}
