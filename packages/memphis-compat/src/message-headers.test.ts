import { UsageError } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { MsgHeaders, readHeaders, shownHeaders } from "./message-headers.js";

describe("headers to be produced", () => {
  it("keep every value of a key, without white space at its ends", () => {
    const headers = new MsgHeaders();
    headers.add("a", " 1 ");
    headers.add("a", "2");
    headers.add("b", "3");
    expect(readHeaders(headers)).toEqual({ a: ["1", "2"], b: ["3"] });
  });

  it("are a copy: what is done with them later changes nothing", () => {
    const headers = new MsgHeaders();
    headers.add("a", "1");
    const read = readHeaders(headers);
    headers.add("a", "2");
    expect(read).toEqual({ a: ["1"] });
  });

  it("may be a plain object", () => {
    expect(readHeaders({ a: "1" })).toEqual({ a: ["1"] });
  });

  it.each([[null], ["a: b"], [[["a", "b"]]], [new Map([["a", "b"]])], [{ a: 1 }], [{ $memphis_x: "1" }]])(
    "are refused when they are %j",
    (headers) => {
      expect(() => readHeaders(headers)).toThrow(UsageError);
    },
  );
});

describe("headers as a reader sees them", () => {
  it("are the first values, without those of broker, SDK and server", () => {
    const headers = { a: ["1", "2"], b: "3", $memphis_producedBy: "p", "Nats-Msg-Id": "x", "msg-id": "mine" };
    expect(shownHeaders(headers)).toEqual({ a: "1", b: "3", "msg-id": "mine" });
  });
});
