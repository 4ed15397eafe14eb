import { expect, it } from "vitest";
import { isInbox } from "./inbox.js";

const prefixes = ["_INBOX", "ours.x"];

it.each(["_INBOX.a", "_INBOX.a.b", "ours.x.a", "_GR_.c1.s1._INBOX.a"])("%j is a place for answers", (reply) => {
  expect(isInbox(reply, prefixes)).toBe(true);
});

it.each([
  "",
  "$JS.API.STREAM.DELETE.orders$1",
  "orders$1.final",
  "_INBOX",
  "_INBOXES.a",
  "ours.a",
  "_GR_.c1.s1.$JS.API.STREAM.DELETE.orders$1",
  "_GR_._INBOX.a",
])("%j is none", (reply) => {
  expect(isInbox(reply, prefixes)).toBe(false);
});
