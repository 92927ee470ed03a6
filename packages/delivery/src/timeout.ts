import { ConsumeError, type Clock } from '@tributary/component';
import { hasAborted, onAbort, type Signals } from './signals.js';

/** What ends an attempt early. */
export interface AttemptLimits {
  readonly clock: Clock;
  /** 0 is no limit. */
  readonly timeoutMs: number;
  /** Any of them ends the attempt. */
  readonly signals: Signals;
}

/**
 * Runs one attempt with a signal that aborts when its time is up. An attempt that
 * ignores its signal is given up all the same: what it answers later is not heard.
 */
export function attemptWithin<T>(
  run: (signal: AbortSignal) => Promise<T>,
  { clock, timeoutMs, signals }: AttemptLimits,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (hasAborted(signals)) throw cancelled();
    const abort = new AbortController();
    const timer =
      timeoutMs > 0
        ? clock.after(timeoutMs, () =>
            giveUp(new ConsumeError('retryable', `no answer within ${timeoutMs} ms`, { cause: timeIsUp })),
          )
        : undefined;
    const off = onAbort(signals, () => giveUp(cancelled()));
    function end(): void {
      timer?.stop();
      off();
    }
    function giveUp(error: ConsumeError): void {
      end();
      // Settled before the attempt hears of it, so that its own words do not come first.
      reject(error);
      abort.abort(error);
    }
    begin(run, abort.signal).then(
      (value) => {
        end();
        resolve(value);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );
  });
}

/** The cause of an attempt that got no answer in time. */
const timeIsUp = new Error('time is up');

/** Whether it was the time for an attempt that was up. */
export function isTimeout(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause === timeIsUp) return true;
  }
  return false;
}

/** `async`, so that what is thrown before the first promise is a rejection too. */
async function begin<T>(run: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return run(signal);
}

function cancelled(): ConsumeError {
  return new ConsumeError('retryable', 'the attempt was cancelled');
}
