import { UsageError } from "./errors/usage-errors.js";

/** What `on` accepts: it gets the parts of the event as arguments. */
export type Listener<Event extends readonly unknown[]> = (...event: Event) => void;

/** Events by name, each the list of arguments that its listeners get. */
type EventMap<Events> = { readonly [Name in keyof Events]: readonly unknown[] };

/** Listeners by event name. */
export class EventEmitter<Events extends EventMap<Events>> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** @param names - every event there is. */
  constructor(names: readonly (keyof Events)[]) {
    for (const name of names) this.#listeners.set(name, new Set());
  }

  /** @throws {UsageError} for an event that there is not, or a listener that is no function. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) {
      throw new UsageError(`there is no event ${String(name)}, only ${[...this.#listeners.keys()].join(", ")}`);
    }
    if (typeof listener !== "function") throw new UsageError(`the listener of ${String(name)} must be a function`);
    listeners.add(listener);
  }

  off<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    this.#listeners.get(name)?.delete(listener);
  }

  /**
   * Calls the listeners in the order of registration. One that throws does not stop the others, or the caller: its error
   * surfaces as an uncaught exception, as an error of a Node event listener would.
   *
   * @returns whether there was one.
   */
  emit<Name extends keyof Events>(name: Name, ...event: Events[Name]): boolean {
    const listeners = [...(this.#listeners.get(name) ?? [])];
    for (const listener of listeners) {
      try {
        (listener as Listener<readonly unknown[]>)(...event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    return listeners.length > 0;
  }
}
