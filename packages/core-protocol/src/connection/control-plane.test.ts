import { describe, expect, it } from "vitest";
import { BrokerError, PermissionDeniedError } from "../errors/broker-errors.js";
import { RequestTimeoutError } from "../errors/transport-errors.js";
import type { ControlPlaneSource } from "./control-plane.js";
import { decideControlPlane, requireControlPlane } from "./control-plane.js";

/** A server of this API level that answers the question in turn with what is given. */
function server(jetStreamApiLevel: number, ...answers: unknown[]) {
  const asked: { operation: string; body: unknown }[] = [];
  const source = {
    server: { jetStreamApiLevel },
    jetStream: {
      request: (operation: string, body: unknown) => {
        asked.push({ operation, body });
        const answer = answers.shift();
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    },
  } as unknown as ControlPlaneSource;
  return { source, asked };
}

describe("the choice of a control plane", () => {
  it("does what it is told without asking", async () => {
    const { source, asked } = server(0);
    expect(await decideControlPlane("memphis", source)()).toBe("memphis");
    expect(await decideControlPlane("jetstream", source)()).toBe("jetstream");
    expect(asked).toEqual([]);
  });

  it("asks nothing of a server that is newer than Memphis's last broker", async () => {
    const { source, asked } = server(1);
    expect(await decideControlPlane("auto", source)()).toBe("jetstream");
    expect(asked).toEqual([]);
  });

  it("asks an older server once, for all who want to know", async () => {
    const { source, asked } = server(0, { streams: ["$memphis_dls_schemaverse"] });
    const decide = decideControlPlane("auto", source);
    expect(await Promise.all([decide(), decide()])).toEqual(["memphis", "memphis"]);
    expect(await decide()).toBe("memphis");
    expect(asked).toEqual([{ operation: "STREAM.NAMES", body: { subject: "$memphis_schemaverse_inner_dls" } }]);
  });

  it.each([
    ["no stream has the subject", { streams: null }],
    ["a stream of everything has it", { streams: ["everything"] }],
    ["the login may not ask", new PermissionDeniedError("publish", "$JS.API.STREAM.NAMES")],
    ["nobody answers for JetStream", new BrokerError("nobody", { serverCode: 503 })],
  ])("is jetstream when %s", async (_what, answer) => {
    expect(await decideControlPlane("auto", server(0, answer).source)()).toBe("jetstream");
  });

  it("is not decided by an answer that did not come, and asks again then", async () => {
    const { source } = server(0, new RequestTimeoutError("s", 1), { streams: ["$memphis_dls_schemaverse"] });
    const decide = decideControlPlane("auto", source);
    await expect(decide()).rejects.toThrow(RequestTimeoutError);
    expect(await decide()).toBe("memphis");
  });

  it("refuses any other word", () => {
    expect(requireControlPlane("auto")).toBe("auto");
    expect(() => requireControlPlane("kafka")).toThrow(
      'controlPlane must be "auto", "jetstream" or "memphis", not "kafka"',
    );
  });
});
