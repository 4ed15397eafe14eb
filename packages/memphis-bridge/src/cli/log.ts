import type { ConnectionStatus } from "@stationkit/core-protocol";
import type { MemphisBridge } from "../memphis-bridge.js";

/** Tells the operator, a line each: what happens on standard output, what went wrong on standard error. */
export class Log {
  readonly #quiet: boolean;

  constructor(quiet: boolean) {
    this.#quiet = quiet;
  }

  info(text: string): void {
    if (!this.#quiet) process.stdout.write(`${line(text)}\n`);
  }

  status(status: ConnectionStatus): void {
    if (status.type === "error") logFailure(status.error);
    else if (status.type !== "closed") this.info(`connection: ${status.type}`);
  }

  follow(bridge: MemphisBridge): void {
    bridge.on("request-answered", ({ subject, error, durationMs }) => {
      this.info(`${subject}: ${error === "" ? "ok" : `refused: ${error}`} (${Math.round(durationMs)} ms)`);
    });
    bridge.on("dead-letter-stored", ({ station, partition, sequence, group, cause, reason, dlsStation }) => {
      const from =
        cause === "schema" ? `for ${station}` : `${sequence} of ${station}, partition ${partition}, group ${group}`;
      this.info(`dead letter: message ${from}: ${reason}; it is in ${dlsStation}`);
    });
    bridge.on("notification-received", ({ title, message }) => {
      this.info(`notification: ${title}: ${message}`);
    });
    bridge.on("resend-acknowledged", ({ id, groupName }) => {
      this.info(`message ${id} that was sent again is acknowledged by ${groupName}`);
    });
    bridge.on("failed", (error, event) => {
      logFailure(error);
      if (event !== undefined && !event.again) logFailure(`${event.kind} event is given up: ${text(event.payload)}`);
    });
  }
}

/** Tells what went wrong, on standard error. */
export function logFailure(error: unknown): void {
  process.stderr.write(`${line(`memphis-bridge: ${error instanceof Error ? error.message : String(error)}`)}\n`);
}

const MAX_PAYLOAD_CHARACTERS = 500;

function text(payload: Uint8Array): string {
  return Buffer.from(payload).toString("utf8").slice(0, MAX_PAYLOAD_CHARACTERS);
}

/** Names and reasons come from clients: nothing of theirs may steer a terminal or look like a line of ours. */
function line(content: string): string {
  return content.replaceAll(/\p{Cc}+/gu, " ");
}
