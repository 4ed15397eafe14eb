import { expect, test } from "vitest";
import {
  isAlreadyExists,
  isAuthorizationViolation,
  isConsumerGone,
  isNotExist,
  isSchemaTypeClash,
  isSchemaValidationFailure,
  isStationAlreadyExists,
  isTimeout,
} from "./reply-text.js";

test.each<[string, (text: string) => boolean, boolean]>([
  ["Stationorders already exists", isAlreadyExists, true],
  ["already exist with type json", isAlreadyExists, false],
  ["Already Exists", isAlreadyExists, false],
  ["", isAlreadyExists, false],
  ["station already exist", isStationAlreadyExists, true],
  ["Stationorders already exists", isStationAlreadyExists, true],
  ["already exist with type json", isSchemaTypeClash, true],
  ["already exists", isSchemaTypeClash, false],
  ["Station orders does not exist", isNotExist, true],
  ["Station orders exists", isNotExist, false],
  ["nats: Timeout", isTimeout, true],
  ["TIMEOUT", isTimeout, true],
  ["time out", isTimeout, false],
  ["'Authorization Violation'", isAuthorizationViolation, true],
  ["Authorization Violation: upgrade your plan", isAuthorizationViolation, false],
  ["authorization violation", isAuthorizationViolation, false],
  ["Schema validation has failed: x", isSchemaValidationFailure, true],
  ["schema validation has failed", isSchemaValidationFailure, false],
  ["consumer not found", isConsumerGone, true],
  ["stream not found", isConsumerGone, true],
  ["not found", isConsumerGone, false],
])("%j read by %o gives %s", (text, predicate, expected) => {
  expect(predicate(text)).toBe(expected);
});
