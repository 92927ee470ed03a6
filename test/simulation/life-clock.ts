import type { Clock, Timer } from '@tributary/component';

/** The clock of one process, which stops for good when the process is killed. */
export interface LifeClock extends Clock {
  /** Timers that are set. */
  readonly pending: number;
  /** What is set does not run, and what is slept through does not end. */
  kill(): void;
}

/** @param onRun called after every timer that ran */
export function lifeClock(clock: Clock, onRun: () => void): LifeClock {
  const timers = new Set<Timer>();
  let isDead = false;

  function keep(set: (done: () => void) => Timer): Timer {
    if (isDead) return { stop() {} };
    const timer = set(() => timers.delete(kept));
    const kept: Timer = {
      stop() {
        timers.delete(kept);
        timer.stop();
      },
    };
    timers.add(kept);
    return kept;
  }

  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms, run) =>
      keep((done) =>
        clock.after(ms, () => {
          done();
          run();
          onRun();
        }),
      ),
    every: (ms, run) =>
      keep(() =>
        clock.every(ms, async () => {
          await run();
          onRun();
        }),
      ),
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const timer = this.after(ms, () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        });
        const abort = (): void => {
          timer.stop();
          reject(signal!.reason);
        };
        signal?.addEventListener('abort', abort, { once: true });
      });
    },
    get pending() {
      return timers.size;
    },
    kill() {
      isDead = true;
      for (const timer of timers) timer.stop();
    },
  };
}
