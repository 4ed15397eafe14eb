import { describe, expect, it } from "vitest";
import { findByStream, parseAckSubject } from "./ack-subject.js";

const short = "$JS.ACK.orders#eu$2.billing.3.47.120.1795373549780089593.9";
const long = "$JS.ACK.hub.AbCdEf.orders#eu$2.billing.3.47.120.1795373549780089593.9.x1y2";
const place = {
  stream: "orders#eu$2",
  durable: "billing",
  deliveries: 3,
  sequence: 47,
  consumerSequence: 120,
  storedAtMs: 1_795_373_549_780,
  pending: 9,
};

describe("parseAckSubject", () => {
  it.each([short, long, long.replace(/\.x1y2$/, "")])("reads %s", (subject) => {
    expect(parseAckSubject(subject)).toEqual(place);
  });

  it.each(["", "$JS.ACK.a.b.1", "_INBOX.a.b.c.d.e.f.g.h", "$JS.ACK.s.d.x.1.1.1.1", `${short}.1`])(
    "does not read %j",
    (subject) => {
      expect(parseAckSubject(subject)).toBeUndefined();
    },
  );
});

describe("findByStream", () => {
  const byStream = new Map([["orders#eu$2", "two"]]);

  it.each([short, long])("finds what belongs to %s", (subject) => {
    expect(findByStream(subject, byStream)).toBe("two");
  });

  it.each(["$JS.ACK.other$1.billing.1.1.1.1.1", "$JS.ACK.", "", "orders#eu$2.final"])(
    "finds nothing for %j",
    (subject) => {
      expect(findByStream(subject, byStream)).toBeUndefined();
    },
  );
});
