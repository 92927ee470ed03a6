/** Taken from the front before the list is made shorter: cheaper than at each. */
const maxTaken = 1_000;

/** What waits, in the order in which it came, for one who takes it. `R` is what he gets of a `T`. */
export class Line<T, R> {
  /** Called in the moment in which something is taken: no promise lies between, where each costs a turn. */
  readonly #hand: (next: T) => R;
  /** Those before `#taken` are gone. */
  readonly #waiting: (T | undefined)[] = [];
  #taken = 0;
  #isClosed = false;
  /** Who takes, where there was nothing for him. */
  #taker: ((next: R | undefined) => void) | undefined;

  constructor(hand: (next: T) => R) {
    this.#hand = hand;
  }

  push(next: T): void {
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker === undefined) this.#waiting.push(next);
    else taker(this.#hand(next));
  }

  /** The next, as soon as there is one. `undefined`: it is closed, and there is none. */
  take(): Promise<R | undefined> {
    const next = this.#waiting[this.#taken];
    if (next === undefined) {
      return this.#isClosed ? Promise.resolve(undefined) : new Promise((resolve) => (this.#taker = resolve));
    }
    this.#waiting[this.#taken++] = undefined;
    if (this.#taken === this.#waiting.length || this.#taken === maxTaken) {
      this.#waiting.splice(0, this.#taken);
      this.#taken = 0;
    }
    return Promise.resolve(this.#hand(next));
  }

  /** Nothing comes any more. */
  close(): void {
    this.#isClosed = true;
    this.#taker?.(undefined);
  }
}
