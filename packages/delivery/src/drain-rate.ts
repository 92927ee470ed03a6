import type { Clock } from '@tributary/component';

const minHintMs = 100;
export const maxHintMs = 30_000;
/** Said while nothing has been measured. */
const unmeasuredMs = 1_000;
/** What is older counts half. */
const windowMs = 10_000;

/** How fast something gets empty, measured while there is something in it. */
export class DrainRate {
  readonly #clock: Clock;
  #drained = 0;
  #busyMs = 0;
  /** `undefined` while it is empty. */
  #sinceMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** It is no longer empty. */
  begin(): void {
    this.#sinceMs ??= this.#clock.monotonic();
  }

  /** `units` have left; `isEmpty` when they were the last. Not counted outside of a `begin`. */
  drained(units: number, isEmpty: boolean): void {
    if (this.#sinceMs === undefined) return;
    this.#count();
    this.#drained += units;
    if (isEmpty) this.#sinceMs = undefined;
  }

  /** When a caller may come again who needs `units` of room: from 100 ms to 30 s. */
  hintMs(units: number): number {
    this.#count();
    const ms =
      this.#drained > 0 && this.#busyMs > 0
        ? (units / this.#drained) * this.#busyMs
        : // As long again as nothing has moved so far.
          Math.max(unmeasuredMs, this.#busyMs);
    return Math.round(Math.min(Math.max(ms, minHintMs), maxHintMs));
  }

  #count(): void {
    if (this.#sinceMs === undefined) return;
    const nowMs = this.#clock.monotonic();
    this.#busyMs += nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
    while (this.#busyMs > 2 * windowMs) {
      this.#busyMs /= 2;
      this.#drained /= 2;
    }
  }
}
