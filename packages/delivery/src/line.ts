/** Taken from the front before the list is made shorter: cheaper than at each. */
const maxTaken = 1_000;

/** What waits, in the order in which it came, for one who takes it. */
export class Line<T> {
  /** Those before `#taken` are gone. */
  readonly #waiting: (T | undefined)[] = [];
  #taken = 0;
  #isClosed = false;
  /** Who takes, where there was nothing for him. */
  #taker: ((next: T | undefined) => void) | undefined;

  push(next: T): void {
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker === undefined) this.#waiting.push(next);
    else taker(next);
  }

  /** The next, as soon as there is one. `undefined`: it is closed, and there is none. */
  take(): Promise<T | undefined> {
    const next = this.#waiting[this.#taken];
    if (next === undefined) {
      return this.#isClosed ? Promise.resolve(undefined) : new Promise((resolve) => (this.#taker = resolve));
    }
    this.#waiting[this.#taken++] = undefined;
    if (this.#taken === this.#waiting.length || this.#taken === maxTaken) {
      this.#waiting.splice(0, this.#taken);
      this.#taken = 0;
    }
    return Promise.resolve(next);
  }

  /** Nothing comes any more. */
  close(): void {
    this.#isClosed = true;
    this.#taker?.(undefined);
  }
}
