import { UnsupportedOnMemphisError } from "@stationkit/core-protocol";
import type { DeadLetters } from "../dead-letters/dead-letters.js";
import type { StationBackend } from "../station-backend.js";
import { establishOnMemphis } from "./establish-on-memphis.js";
import { clientOf } from "./memphis-client.js";

/** Stations of a Memphis broker, which keeps a database beside the streams: what has no request there is not done behind its back. */
export const memphisBackend: StationBackend = {
  establish: establishOnMemphis,
  update: () =>
    Promise.reject(
      new UnsupportedOnMemphisError(
        "update",
        "the broker keeps a station's settings in a database, and has no request for it",
      ),
    ),
  addPartitions: () =>
    Promise.reject(new UnsupportedOnMemphisError("addPartitions", "a station's partitions never change there")),
  destroy: (operation, name) => clientOf(operation).destroyStation(name),
  destroyGroup: () =>
    Promise.reject(
      new UnsupportedOnMemphisError(
        "consumerGroups().destroy",
        "the broker deletes a group's durables when its last member is unregistered",
      ),
    ),
  deadLetters: () => unsupportedDeadLetters,
};

const refusal = (operation: string): UnsupportedOnMemphisError =>
  new UnsupportedOnMemphisError(
    `deadLetters().${operation}`,
    "the broker keeps dead letters in a database, which its UI shows and sends again; with a dlsStation, read that",
  );

const unsupportedDeadLetters: DeadLetters = {
  dlsStation: () => Promise.reject(refusal("dlsStation")),
  list: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(refusal("list")) }) }),
  resend: () => Promise.reject(refusal("resend")),
  drop: () => Promise.reject(refusal("drop")),
};
