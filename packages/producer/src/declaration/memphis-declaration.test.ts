import type { Connection } from "@stationkit/core-protocol";
import { describe, expect, it } from "vitest";
import { memphisStyle } from "./memphis-declaration.js";

const at = (jetStreamApiLevel: number): Pick<Connection, "id" | "server"> => ({
  id: "3f0c",
  server: { jetStreamApiLevel } as Connection["server"],
});

describe("messages for a Memphis broker", () => {
  it("name their id as the broker looks for it, and nothing else", () => {
    expect(memphisStyle(at(0)).messageIdLines("o-17")).toBe("msg-id: o-17\r\n");
  });

  it("name it in nats-server's way as well where the server is newer than any Memphis broker, behind the other", () => {
    expect(memphisStyle(at(1)).messageIdLines("o-17")).toBe("msg-id: o-17\r\nNats-Msg-Id: o-17\r\n");
  });

  it("say which connection they came by", () => {
    expect(memphisStyle(at(0)).headerLines).toBe("$memphis_connectionId: 3f0c\r\n");
  });
});
