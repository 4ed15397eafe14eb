import type { Connection, ControlPlane } from "@stationkit/core-protocol";
import { controlPlaneOf } from "@stationkit/station-admin";
import type { ResolvedConsumerOptions } from "../consumer-options.js";
import { joinOnJetStream } from "./jetstream-membership.js";
import type { Membership } from "./membership.js";
import { joinOnMemphis } from "./memphis-membership.js";

type Join = (connection: Connection, options: ResolvedConsumerOptions) => Promise<Membership>;

const JOIN: Readonly<Record<ControlPlane, Join>> = { jetstream: joinOnJetStream, memphis: joinOnMemphis };

/** Makes a member known, in the way of the connection's control plane. Station and group exist afterwards. */
export async function joinGroup(connection: Connection, options: ResolvedConsumerOptions): Promise<Membership> {
  return JOIN[await controlPlaneOf(connection)](connection, options);
}
