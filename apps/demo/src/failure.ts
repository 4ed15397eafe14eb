import {
  AuthenticationError,
  ConnectionFailedError,
  InvalidNameError,
  JetStreamDisabledError,
  PermissionDeniedError,
  ServerTooOldError,
  StationkitError,
  TlsError,
} from "@stationkit/core-protocol";
import { EmbeddedNatsError } from "@stationkit/embedded-nats";
import { JobError } from "./job-error.js";
import { printable } from "./report/format.js";

/** One paragraph for people: what went wrong and what to do about it. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return `unexpected: ${printable(String(error))}`;
  const message = printable(error.message);
  const hint = hintFor(error);
  if (hint !== undefined) return `${message}. ${hint}`;
  if (error instanceof JobError || StationkitError.is(error) || EmbeddedNatsError.is(error)) return message;
  return `unexpected: ${message} (--debug shows where)`;
}

function hintFor(error: Error): string | undefined {
  if (error instanceof AuthenticationError) {
    return "The server refused the login: check --user and --password, --token or --creds.";
  }
  if (error instanceof ConnectionFailedError) {
    return "Is a nats-server running there? Without --server the demo starts one of its own.";
  }
  if (error instanceof TlsError) return "--tls-ca names the certificate authority to trust.";
  if (error instanceof JetStreamDisabledError) return "Start the server with JetStream on: nats-server -js.";
  if (error instanceof PermissionDeniedError) return "This login may not do what the job needs.";
  if (error instanceof ServerTooOldError) return "Without --server the demo starts a server that is new enough.";
  if (error instanceof InvalidNameError) return "Choose another name with --station.";
  return undefined;
}
