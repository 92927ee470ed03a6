import type { Clock, Timer } from '@tributary/component';
import { asError } from './health.js';

/** What a component gets to let go after its grace has ended, before it is abandoned. */
const lastMomentMs = 1000;

/** The time that a shutdown, or the end of some components, has. */
export class Grace {
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  #deadline: number;
  #timer: Timer | undefined;

  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#deadline = clock.monotonic() + ms;
    this.#arm();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** It ends no later than this. */
  shorten(ms: number): void {
    const deadline = this.#clock.monotonic() + ms;
    if (deadline >= this.#deadline) return;
    this.#deadline = deadline;
    this.#arm();
  }

  /** True when `work` ends in time; false when it is given up. @throws what it throws in time */
  limit(work: Promise<void> | undefined): Promise<boolean> {
    if (work === undefined) return Promise.resolve(true);
    const { signal } = this;
    return new Promise((resolve, reject) => {
      let timer: Timer | undefined;
      const lastMoment = (): void => {
        timer = this.#clock.after(lastMomentMs, () => resolve(false));
      };
      const letGo = (): void => {
        timer?.stop();
        signal.removeEventListener('abort', lastMoment);
      };
      if (signal.aborted) lastMoment();
      else signal.addEventListener('abort', lastMoment, { once: true });
      work.then(
        () => {
          letGo();
          resolve(true);
        },
        (error: unknown) => {
          letGo();
          reject(asError(error));
        },
      );
    });
  }

  end(): void {
    this.#timer?.stop();
  }

  #arm(): void {
    this.#timer?.stop();
    const ms = this.#deadline - this.#clock.monotonic();
    const abort = (): void => this.#controller.abort(new Error('the grace of the shutdown has ended'));
    if (ms <= 0) abort();
    else this.#timer = this.#clock.after(ms, abort);
  }
}
