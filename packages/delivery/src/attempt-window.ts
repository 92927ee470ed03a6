import { ConsumeError, type Clock } from '@tributary/component';
import PQueue from 'p-queue';
import { isTimeout } from './timeout.js';

/** `DEADLINE_EXCEEDED` of gRPC. */
const deadlineExceeded = 4;

/**
 * How many attempts may be under way at a time. A backend that is too slow for all of them answers none in time and
 * has done the work of each in vain: then half as many are made. There is one more again whenever as many were
 * answered in less than half of the time, so that it ends where the backend is busy and still answers.
 */
export class AttemptWindow {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #timeoutMs: number;
  readonly #line: PQueue;
  /** Answered well in time since the window was last changed. */
  #answers = 0;
  #halvedAtMs = -Infinity;

  /** `most` is the size at first; what is `Infinity` stays so. `timeoutMs` is that of an attempt, 0 is none. */
  constructor(most: number, timeoutMs: number, clock: Clock) {
    this.#clock = clock;
    this.#most = most;
    this.#timeoutMs = timeoutMs || Infinity;
    this.#line = new PQueue({ concurrency: most });
  }

  /** Makes an attempt when it has its turn. */
  run<T>(attempt: () => Promise<T>): Promise<T> {
    return this.#line.add(async () => {
      const beganMs = this.#clock.monotonic();
      try {
        const value = await attempt();
        this.#widen(beganMs);
        return value;
      } catch (error) {
        if (hasTimedOut(error)) this.#halve(beganMs);
        throw error;
      }
    });
  }

  /** From now on nobody waits for a turn: there is to be no further attempt, and who waits is to hear that. */
  unbind(): void {
    this.#line.concurrency = Infinity;
  }

  #widen(beganMs: number): void {
    const { concurrency } = this.#line;
    if (concurrency >= this.#most || this.#clock.monotonic() - beganMs > this.#timeoutMs / 2) return;
    if (++this.#answers < concurrency) return;
    this.#answers = 0;
    this.#line.concurrency = concurrency + 1;
  }

  /** Attempts that had begun before the last time say nothing new. */
  #halve(beganMs: number): void {
    if (beganMs < this.#halvedAtMs) return;
    this.#answers = 0;
    this.#halvedAtMs = this.#clock.monotonic();
    this.#line.concurrency = Math.max(1, Math.floor(this.#line.concurrency / 2));
  }
}

function hasTimedOut(error: unknown): boolean {
  return isTimeout(error) || (ConsumeError.is(error) && error.status?.code === deadlineExceeded);
}
