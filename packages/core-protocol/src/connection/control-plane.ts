import { UsageError } from "../errors/usage-errors.js";
import { BrokerError, PermissionDeniedError } from "../errors/broker-errors.js";
import type { JetStreamApi } from "./jetstream-api.js";

/** Who makes stations and knows who uses them: JetStream itself, or a Memphis broker by its `$memphis_…` subjects. */
export type ControlPlane = "jetstream" | "memphis";

/** What `connect()` takes: one of them, or `auto`. */
export type ControlPlaneOption = ControlPlane | "auto";

/** @throws {UsageError} for any other word. */
export function requireControlPlane(value: unknown): ControlPlaneOption {
  if (value === "auto" || value === "jetstream" || value === "memphis") return value;
  throw new UsageError(`controlPlane must be "auto", "jetstream" or "memphis", not ${JSON.stringify(value)}`);
}

/** What the decision is made from. */
export interface ControlPlaneSource {
  readonly jetStream: JetStreamApi;
  readonly server: { readonly jetStreamApiLevel: number };
}

/** Makes the function that decides, once: those who ask meanwhile share the question, and a question that failed is asked anew. */
export function decideControlPlane(
  wanted: ControlPlaneOption,
  source: ControlPlaneSource,
): () => Promise<ControlPlane> {
  let decided: Promise<ControlPlane> | undefined = wanted === "auto" ? undefined : Promise.resolve(wanted);
  return () => {
    if (decided !== undefined) return decided;
    const asked = detectControlPlane(source);
    decided = asked;
    asked.catch(() => {
      if (decided === asked) decided = undefined;
    });
    return asked;
  };
}

/**
 * The stream in which a Memphis broker queues what schemas refused, and the one subject of it: made at its first start, in the
 * account that its clients use. @see Memphis broker 1.4.4, memphis_helper.go, `tryCreateInternalJetStreamResources`
 */
const BROKER_STREAM = "$memphis_dls_schemaverse";
const BROKER_STREAM_SUBJECT = "$memphis_schemaverse_inner_dls";

/**
 * Tells a Memphis broker from plain NATS without writing, logging or changing anything there.
 *
 * Memphis's brokers are forks of nats-server 2.10.7 and older, so from a JetStream API level on (2.11) nothing has to be asked. Of an
 * older server one question is asked: which stream listens to a subject that is internal to Memphis. It only reads, is answered by
 * every server with JetStream, and is among the few things that Memphis's roles leave allowed. A request on a `$memphis_…` subject would
 * be worse: a broker logs each one that it refuses, one that is just starting does not answer yet, and our own bridge answers on
 * plain NATS, where JetStream is the better way.
 * @throws {StationkitError} when no answer came: then nothing is known.
 */
async function detectControlPlane({ jetStream, server }: ControlPlaneSource): Promise<ControlPlane> {
  if (server.jetStreamApiLevel > 0) return "jetstream";
  try {
    const answer = await jetStream.request<{ streams?: readonly string[] | null }>("STREAM.NAMES", {
      subject: BROKER_STREAM_SUBJECT,
    });
    return answer.streams?.includes(BROKER_STREAM) === true ? "memphis" : "jetstream";
  } catch (error) {
    // Who may not ask is not on a Memphis broker, where everybody may; and silence of the whole API is not its way either.
    if (error instanceof PermissionDeniedError) return "jetstream";
    if (error instanceof BrokerError && error.serverCode === 503 && error.serverErrorCode === undefined)
      return "jetstream";
    throw error;
  }
}
