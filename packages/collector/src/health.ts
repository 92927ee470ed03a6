import type { Clock, Logger, Timer } from '@tributary/component';
import { isPromise } from './promise.js';
import type { StatusTracker } from './status.js';

/** Where exceptions end that a component should not have thrown: in its log and status, nowhere else. */
export class Health {
  /** It threw, and has worked at nothing since. */
  isAiling = false;
  readonly #logger: Logger;
  readonly #status: StatusTracker;

  constructor(logger: Logger, status: StatusTracker) {
    this.#logger = logger;
    this.#status = status;
  }

  fail(error: unknown): void {
    this.isAiling = true;
    this.#logger.error('internal error', { error });
    this.#status.set('recoverable_error', asError(error));
  }

  recover(): void {
    this.isAiling = false;
    if (this.#status.current === 'recoverable_error') this.#status.set('ok');
  }
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** A clock for one component: what its timers throw must not end the process. */
export function guardedClock(clock: Clock, health: Health): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    after: (ms, run): Timer =>
      clock.after(ms, () => {
        try {
          run();
        } catch (error) {
          health.fail(error);
        }
      }),
    every: (ms, run): Timer =>
      clock.every(ms, () => {
        try {
          const outcome = run();
          if (isPromise(outcome)) {
            return outcome.then(
              () => recovered(health),
              (error: unknown) => health.fail(error),
            );
          }
          recovered(health);
        } catch (error) {
          health.fail(error);
        }
      }),
  };
}

function recovered(health: Health): void {
  if (health.isAiling) health.recover();
}
