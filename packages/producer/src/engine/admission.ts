import type { StationkitError } from "@stationkit/core-protocol";
import { abortedError, type AbortListeners } from "./abort-listeners.js";
import { laneOutcomes } from "./lane-outcomes.js";
import type { PendingMessage } from "./pending-message.js";
import type { Waiter, Window } from "./window.js";

/** What admission needs of its producer. */
export interface AdmissionContext {
  readonly window: Window;
  readonly aborts: AbortListeners;
  readonly isConnectionClosed: () => boolean;
  /** The message is in; its room is taken. */
  readonly dispatch: (message: PendingMessage) => void;
  /** The message was never let in. */
  readonly onTurnedAway: (message: PendingMessage) => void;
}

/** Lets messages in: at once while there is room in the window, otherwise in order as room is made. */
export class Admission {
  readonly #context: AdmissionContext;

  constructor(context: AdmissionContext) {
    this.#context = context;
  }

  /** @returns the message when it is in at once; a promise for it that rejects when it is not let in before its deadline. */
  admit(message: PendingMessage): PendingMessage | Promise<PendingMessage> {
    const { window, dispatch } = this.#context;
    if (!window.tryAdmit(message.sizeBytes)) return this.#waitForRoom(message);
    dispatch(message);
    return message;
  }

  #waitForRoom(message: PendingMessage): Promise<PendingMessage> {
    const { window, aborts, isConnectionClosed, dispatch, onTurnedAway } = this.#context;
    const { signal } = message.prepared.request;
    return new Promise((resolve, reject) => {
      const turnAway = (error: StationkitError): void => {
        message.stopListening();
        onTurnedAway(message);
        reject(error);
      };
      const waiter: Waiter = {
        next: undefined,
        previous: undefined,
        sizeBytes: message.sizeBytes,
        deadline: message.prepared.deadline,
        admit: () => {
          message.stopListening();
          if (signal?.aborted === true) {
            // Another message of the same signal made this room, just now.
            turnAway(abortedError(signal, "not-sent"));
            window.release(message.sizeBytes);
            return;
          }
          dispatch(message);
          resolve(message);
        },
        expire: () => {
          turnAway(isConnectionClosed() ? laneOutcomes.closed(message) : laneOutcomes.expired(message));
        },
      };
      if (signal !== undefined) {
        message.abortListener = aborts.add(signal, () => {
          window.giveUp(waiter);
          turnAway(abortedError(signal, "not-sent"));
        });
      }
      window.wait(waiter);
    });
  }
}
