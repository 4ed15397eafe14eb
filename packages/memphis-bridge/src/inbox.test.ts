import { MalformedMessageError } from "@stationkit/core-protocol/control";
import { expect, it } from "vitest";
import { requireInbox } from "./inbox.js";

const message = (reply?: string): Parameters<typeof requireInbox>[0] => ({
  subject: "$memphis_station_creations",
  data: Buffer.from(""),
  ...(reply !== undefined && { reply }),
  respond: () => true,
});

it.each([undefined, "", "_INBOX.a", "_INBOX.a.b", "ours.x.a", "_GR_.c1.s1._INBOX.a"])(
  "%j is a place for answers",
  (reply) => {
    requireInbox(message(reply), ["_INBOX", "ours.x"]);
  },
);

it.each([
  "$JS.API.STREAM.DELETE.orders$1",
  "orders$1.final",
  "_INBOX",
  "_INBOXES.a",
  "ours.a",
  "_GR_.c1.s1.$JS.API.STREAM.DELETE.orders$1",
  "_GR_._INBOX.a",
])("%j is none", (reply) => {
  expect(() => {
    requireInbox(message(reply), ["_INBOX", "ours.x"]);
  }).toThrow(MalformedMessageError);
});
