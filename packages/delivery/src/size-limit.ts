import type { Clock } from '@tributary/component';

/** Requests near the limit that pass before a larger one is tried. */
const passesBeforeGrowth = 50;
/** What counts as near. */
const near = 7 / 8;
/** How long a refusal without a limit is believed: the next peer may take more. */
const beliefMs = 600_000;

/**
 * The largest request that a peer takes, as far as its refusals have told. A peer that
 * names its limit is believed. Of one that does not, the limit is looked for between
 * what has passed and what has not, with a larger request now and then.
 */
export class SizeLimit {
  /** Larger requests are cut before they are sent. */
  maxBytes: number = Infinity;
  readonly #clock: Clock;
  #isNamed = false;
  /** The last that was refused without a limit. */
  #refusedBytes = Infinity;
  #refusedAtMs = 0;
  /** The largest that passed since then. */
  #passedBytes = 0;
  /** Near the limit, since it last changed. */
  #passes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A request went through. */
  passed(bytes: number): void {
    if (this.#isNamed || bytes < this.maxBytes * near) return;
    this.#passedBytes = Math.max(this.#passedBytes, bytes);
    if (++this.#passes < passesBeforeGrowth) return;
    this.#passes = 0;
    const isBelieved = this.#clock.monotonic() - this.#refusedAtMs < beliefMs;
    const unknown = (isBelieved ? this.#refusedBytes : 2 * this.maxBytes) - this.maxBytes;
    if (unknown > this.maxBytes / 8) this.maxBytes += Math.floor(unknown / 2);
  }

  /**
   * A request of several items was refused for its size: it is larger than `maxBytes`
   * afterwards. `named` is what the peer says that it takes.
   */
  refused(bytes: number, named: number | undefined): void {
    if (named !== undefined && named > 0 && named < bytes) {
      this.maxBytes = this.#isNamed ? Math.min(this.maxBytes, named) : named;
      this.#isNamed = true;
    } else if (bytes <= this.maxBytes) {
      // Where it was known to be too large, it is no news. Two pieces, heads that both repeat included.
      const half = Math.ceil((bytes * 9) / 16);
      this.maxBytes = this.#passedBytes < bytes ? Math.max(this.#passedBytes, half) : half;
      this.#isNamed = false;
      this.#refusedBytes = bytes;
      this.#refusedAtMs = this.#clock.monotonic();
      this.#passedBytes = this.#passes = 0;
    }
  }
}
