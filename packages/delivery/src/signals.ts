import type { Clock } from '@tributary/component';

/** Some may be missing: a caller that does not wait has none. */
export type Signals = readonly (AbortSignal | undefined)[];

export function hasAborted(signals: Signals): boolean {
  return signals.some((signal) => signal?.aborted === true);
}

/**
 * Calls `run` when the next of the signals aborts, for as long as it is not
 * called off. `AbortSignal.any` would keep what it links to a long-lived signal.
 *
 * @returns calls it off
 */
export function onAbort(signals: Signals, run: () => void): () => void {
  for (const signal of signals) signal?.addEventListener('abort', run);
  return () => {
    for (const signal of signals) signal?.removeEventListener('abort', run);
  };
}

/** Resolves after `ms`, or as soon as one of the signals has aborted. */
export function pause(clock: Clock, ms: number, signals: Signals): Promise<void> {
  if (hasAborted(signals)) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = clock.after(ms, end);
    const off = onAbort(signals, end);
    function end(): void {
      timer.stop();
      off();
      resolve();
    }
  });
}
