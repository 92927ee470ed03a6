// The one place where real time enters: everything else is given a clock.
// oxlint-disable no-restricted-globals, no-restricted-properties
import type { Clock, Logger, Timer } from '@tributary/component';

/** The longest delay that a timer of Node takes; beyond, it fires at once. */
const maxDelayMs = 2 ** 31 - 1;

/** The time of the machine, in milliseconds since the epoch. */
export function systemNow(): number {
  return Date.now();
}

/** Real time. Its timers never keep the process alive; a callback that throws is logged. */
export function systemClock(logger: Logger): Clock {
  const report = (error: unknown): void => logger.error('a timer threw', { error });

  function after(ms: number, run: () => void): Timer {
    const due = performance.now() + ms;
    let handle: NodeJS.Timeout;
    function set(delayMs: number): void {
      handle = setTimeout(
        () => {
          if (delayMs > maxDelayMs) return set(due - performance.now());
          try {
            run();
          } catch (error) {
            report(error);
          }
        },
        Math.min(Math.max(0, delayMs), maxDelayMs),
      );
      handle.unref();
    }
    set(ms);
    return { stop: () => clearTimeout(handle) };
  }

  return {
    now: systemNow,
    monotonic: () => performance.now(),
    after,
    every(ms, run) {
      let isStopped = false;
      let timer = after(ms, tick);
      async function runSafely(): Promise<void> {
        try {
          await run();
        } catch (error) {
          report(error);
        }
        if (!isStopped) timer = after(ms, tick);
      }
      function tick(): void {
        // Catches everything itself.
        void runSafely();
      }
      return {
        stop() {
          isStopped = true;
          timer.stop();
        },
      };
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason as Error);
        const timer = after(ms, () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        });
        function onAbort(): void {
          timer.stop();
          reject(signal!.reason as Error);
        }
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}
