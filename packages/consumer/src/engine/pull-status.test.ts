import { describe, expect, it } from "vitest";
import { type PullStatus, readPullStatus } from "./pull-status.js";

function headers(
  code: number,
  description: string,
  values: Record<string, string> = {},
): Parameters<typeof readPullStatus>[0] {
  return { code, description, get: (name) => values[name] ?? "" };
}

const rest = { "Nats-Pending-Messages": "5", "Nats-Pending-Bytes": "10" };
const all = Number.POSITIVE_INFINITY;

describe("readPullStatus", () => {
  it.each<[string, ReturnType<typeof headers>, PullStatus]>([
    ["a heartbeat", headers(100, "Idle Heartbeat"), { type: "alive" }],
    ["no headers", undefined, { type: "alive" }],
    ["no messages", headers(404, "No Messages"), { type: "ended", messages: all, bytes: all }],
    ["the end of its time", headers(408, "Request Timeout", rest), { type: "ended", messages: 5, bytes: 10 }],
    ["the end of its bytes", headers(409, "Batch Completed", rest), { type: "ended", messages: 5, bytes: 10 }],
    [
      "a large message",
      headers(409, "Message Size Exceeds MaxBytes", rest),
      { type: "too-large", messages: 5, bytes: 10 },
    ],
    ["a deleted durable", headers(409, "Consumer Deleted"), { type: "gone" }],
    ["another leader", headers(409, "Leadership Change"), { type: "moved" }],
    ["a server that stops", headers(409, "Server Shutdown"), { type: "moved" }],
    ["nobody", headers(503, ""), { type: "gone" }],
    ["another owner", headers(423, "Nats-Pin-Id mismatch"), { type: "not-owner" }],
    [
      "too much",
      headers(409, "Exceeded MaxWaiting"),
      { type: "refused", code: 409, description: "Exceeded MaxWaiting" },
    ],
    ["a bad request", headers(400, "Bad Request"), { type: "refused", code: 400, description: "Bad Request" }],
  ])("understands %s", (_, status, expected) => {
    expect(readPullStatus(status)).toEqual(expected);
  });
});
