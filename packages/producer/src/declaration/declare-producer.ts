import type { Connection, ControlPlane } from "@stationkit/core-protocol";
import { controlPlaneOf } from "@stationkit/station-admin";
import type { Declaration } from "./declaration.js";
import { declareOnJetStream } from "./jetstream-declaration.js";
import { declareOnMemphis, type ProducerIdentity } from "./memphis-declaration.js";

type Declare = (connection: Connection, identity: ProducerIdentity) => Promise<Declaration>;

const DECLARE: Readonly<Record<ControlPlane, Declare>> = { jetstream: declareOnJetStream, memphis: declareOnMemphis };

/** Makes a producer known, in the way of the connection's control plane. The station exists afterwards. */
export async function declareProducer(connection: Connection, identity: ProducerIdentity): Promise<Declaration> {
  return DECLARE[await controlPlaneOf(connection)](connection, identity);
}
