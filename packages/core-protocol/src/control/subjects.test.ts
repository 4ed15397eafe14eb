import { expect, test } from "vitest";
import { UsageError } from "../errors/usage-errors.js";
import { parseConsumerGroupName, parseStationName } from "../names.js";
import {
  BROKER_INTERNAL_SUBJECT,
  configurationsUpdatesSubject,
  CONTROL_QUEUE_GROUP,
  CONTROL_SUBJECT,
  dlsQueueGroup,
  dlsSubject,
  functionsUpdatesSubject,
  groupMembersSubject,
  legacyDlsSubject,
  schemaUpdatesSubject,
} from "./subjects.js";

const station = parseStationName("Orders.EU");
const group = parseConsumerGroupName("billing.v2");

test("every request subject has the listeners group of its own name", () => {
  for (const key of Object.keys(CONTROL_SUBJECT) as (keyof typeof CONTROL_SUBJECT)[]) {
    if (!/(cre|destru|attach|detach)/.test(key)) continue;
    expect(CONTROL_QUEUE_GROUP[key as keyof typeof CONTROL_QUEUE_GROUP]).toBe(
      `${CONTROL_SUBJECT[key].slice(1)}_listeners_group`,
    );
  }
  expect(CONTROL_SUBJECT.stationCreations).toBe("$memphis_station_creations");
  expect(CONTROL_QUEUE_GROUP.stationCreations).toBe("memphis_station_creations_listeners_group");
});

test("every event subject has the group that begins with the subject itself", () => {
  for (const key of ["notifications", "schemaverseDls", "nackedDls", "pmAcks"] as const) {
    expect(CONTROL_QUEUE_GROUP[key]).toBe(`${CONTROL_SUBJECT[key]}_group`);
  }
});

test("subjects per station and group have internal names", () => {
  expect(schemaUpdatesSubject(station)).toBe("$memphis_schema_updates_orders#eu");
  expect(functionsUpdatesSubject(station)).toBe("$memphis_functions_updates_orders#eu");
  expect(dlsSubject(station, group)).toBe("$memphis_dls_orders#eu.billing#v2");
  expect(legacyDlsSubject(station, group)).toBe("$memphis_dls_orders#eu_billing#v2");
  expect(groupMembersSubject(station, group)).toBe("_STATIONKIT.group_members.orders#eu.billing#v2");
  expect(dlsQueueGroup(station, group)).toBe("$memphis_orders#eu_billing#v2");
});

test("the greeting of a connection goes to its id, which may not bring wildcards", () => {
  expect(configurationsUpdatesSubject("3f0c")).toBe("$memphis_configurations_updates.init.3f0c");
  for (const id of ["", "a b", "*", "a.>", "a\r\n"]) expect(() => configurationsUpdatesSubject(id)).toThrow(UsageError);
});

test("tables cannot be changed by who imports them", () => {
  for (const table of [CONTROL_SUBJECT, CONTROL_QUEUE_GROUP, BROKER_INTERNAL_SUBJECT]) {
    expect(Object.isFrozen(table)).toBe(true);
  }
});
