/** Keeps what is told before there is somebody to tell, in order. */
export class HeldUpdates<Target> {
  readonly #held: ((target: Target) => void)[] = [];
  #target: Target | undefined;

  tell(update: (target: Target) => void): void {
    if (this.#target === undefined) this.#held.push(update);
    else update(this.#target);
  }

  /** From now on everything goes to this one, first what was kept. */
  release(target: Target): void {
    this.#target = target;
    for (const update of this.#held.splice(0)) update(target);
  }
}
