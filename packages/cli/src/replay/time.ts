import { virtualClock } from '@tributary/collector';
import type { Clock } from '@tributary/component';

const tickMs = 1000;
/** What waits longer would keep a replay for ever: a day takes it some seconds. */
const maxWaitS = 24 * 60 * 60;

/** Virtual time in which seconds that nothing waits for take no time. */
export class ReplayTime {
  readonly clock: Clock;
  readonly #virtual: ReturnType<typeof virtualClock>;
  #skippedMs = 0;

  constructor(startMs: number) {
    const virtual = virtualClock({ startMs });
    this.#virtual = virtual;
    this.clock = {
      now: () => virtual.now() + this.#skippedMs,
      monotonic: () => virtual.monotonic() + this.#skippedMs,
      after: (ms, run) => virtual.after(ms, run),
      every: (ms, run) => virtual.every(ms, run),
      sleep: (ms, signal) => virtual.sleep(ms, signal),
    };
  }

  /**
   * Goes on until that time, second by second, with what happens after each. Where nothing waits, what is left is
   * skipped: in whole seconds, so that those to come begin when they would.
   *
   * @throws Error where something waits for more than a day
   */
  async passUntil(ms: number, isWaiting: () => boolean, onSecond: () => Promise<void>): Promise<void> {
    let second = 0;
    for (let left = ms - this.clock.now(); left > 0; left = ms - this.clock.now()) {
      if (left >= tickMs && !isWaiting()) {
        this.#skippedMs += left - (left % tickMs);
        continue;
      }
      if (left < tickMs) await this.#virtual.advance(left);
      else await this.tick(second++);
      await onSecond();
    }
  }

  /** A second passes, after so many of waiting. @throws Error where that is more than a day */
  async tick(second: number): Promise<void> {
    if (second >= maxWaitS) {
      throw new Error('traces are not decided within a day: decision_wait is too long for a replay');
    }
    await this.#virtual.advance(tickMs);
  }

  /** What is due now happens. */
  settle(): Promise<void> {
    return this.#virtual.advance(0);
  }
}
