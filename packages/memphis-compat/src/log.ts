import type { Connection } from "@stationkit/core-protocol";

/** Where this package tells what nobody listens to; quiet with `suppressLogs`. */
export interface Log {
  info(text: string): void;
  error(text: string): void;
}

/* eslint-disable no-console -- memphis-dev writes to the console unless suppressLogs is set, and its users read it there */
export const consoleLog: Log = {
  info: (text) => {
    console.log(`memphis: ${text}`);
  },
  error: (text) => {
    console.error(`memphis: ${text}`);
  },
};
/* eslint-enable no-console */

export const silentLog: Log = { info: () => undefined, error: () => undefined };

/** Tells what happens to a connection until it is closed. */
export function logStatus(connection: Connection, log: Log): void {
  connection.on("status", (status) => {
    if (status.type === "disconnected") log.info(`disconnected from ${status.server}`);
    if (status.type === "reconnecting") log.info("reconnecting");
    if (status.type === "reconnected") log.info(`reconnected to ${status.server}`);
    if (status.type === "error") log.error(status.error.message);
    if (status.type === "closed" && status.error !== undefined) {
      log.error(`the connection has ended: ${status.error.message}`);
    }
  });
}
