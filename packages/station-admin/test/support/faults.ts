import { type Connection, ConnectionClosedError, RequestTimeoutError } from "@stationkit/core-protocol";

/** What happens to one request to the JetStream API. */
export type Fault =
  | { readonly type: "none" }
  /** Held back for so long before it is sent. */
  | { readonly type: "slow"; readonly ms: number }
  /** The server does it and the answer is lost. */
  | { readonly type: "answer-lost" }
  /** This client is gone: neither this nor any later request is sent. */
  | { readonly type: "dead" };

/** A connection whose JetStream requests (counted from 0) meet faults; everything else is the connection's own. */
export function withFaults(
  connection: Connection,
  faultOf: (index: number, operation: string) => Fault,
): Connection & { readonly requests: readonly string[] } {
  const requests: string[] = [];
  let dead = false;
  const request: Connection["jetStream"]["request"] = async (operation, body, options) => {
    const fault = dead ? ({ type: "dead" } as const) : faultOf(requests.length, operation);
    if (fault.type === "dead") {
      dead = true;
      throw new ConnectionClosedError("this client has died", "not-sent");
    }
    requests.push(operation);
    if (fault.type === "slow") await new Promise((resolve) => setTimeout(resolve, fault.ms));
    const answer = connection.jetStream.request<never>(operation, body, options);
    if (fault.type !== "answer-lost") return answer;
    await answer.catch(() => undefined);
    throw new RequestTimeoutError(operation, 1);
  };
  const jetStream = { prefix: connection.jetStream.prefix, request };
  return Object.create(connection, {
    jetStream: { value: jetStream },
    requests: { value: requests },
  }) as Connection & { requests: string[] };
}
