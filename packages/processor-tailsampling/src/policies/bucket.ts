import type { Clock } from '@tributary/component';

/** A bucket of tokens, full at first, into which `perSecond` come until it holds `capacity`. */
export class Bucket {
  tokens: number;
  readonly #perSecond: number;
  readonly #capacity: number;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #filledMs: number;

  constructor(perSecond: number, capacity: number, clock: Pick<Clock, 'monotonic'>) {
    this.#perSecond = perSecond;
    this.#capacity = capacity;
    this.tokens = capacity;
    this.#clock = clock;
    this.#filledMs = clock.monotonic();
  }

  /** Takes all of that, or nothing. */
  take(count: number): boolean {
    const nowMs = this.#clock.monotonic();
    this.tokens = Math.min(this.#capacity, this.tokens + ((nowMs - this.#filledMs) * this.#perSecond) / 1000);
    this.#filledMs = nowMs;
    if (count > this.tokens) return false;
    this.tokens -= count;
    return true;
  }
}
