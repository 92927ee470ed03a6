import { systemRuntime } from '@tributary/collector';
import { virtualClock, type VirtualClock } from '../virtual-clock.js';

/** Virtual time that passes while something is waited for, so that no check sleeps. */
export interface PassingTime {
  readonly clock: VirtualClock;
  /** Resolves or rejects as `work` does. @throws Error that says `what` did not end */
  readonly drive: <T>(what: string, work: Promise<T>) => Promise<T>;
  /** @throws Error that says what did not come true */
  readonly until: (what: string, isSo: () => boolean) => Promise<void>;
  /** Nobody waits any longer: what still does fails. */
  readonly stop: () => void;
}

/**
 * Time for one check. In process it flies. With sockets it keeps the pace of the
 * machine, or a timeout would strike before a server on the same machine could answer.
 */
export function passingTime(hasSockets: boolean): PassingTime {
  const clock = virtualClock();
  const real = systemRuntime().clock;

  const limitMs = hasSockets ? 10_000 : 600_000;
  let seenMs = real.monotonic();
  let passing: Promise<void> | undefined;
  let isStopped = false;

  /** A moment, the same for all who wait. */
  function pass(): Promise<void> {
    if (passing !== undefined) return passing;
    const nowMs = real.monotonic();
    passing = clock.advance(hasSockets ? nowMs - seenMs : 100).finally(() => (passing = undefined));
    seenMs = nowMs;
    return passing;
  }

  async function until(what: string, isSo: () => boolean): Promise<void> {
    const startMs = clock.monotonic();
    if (passing === undefined) seenMs = real.monotonic();
    while (!isSo()) {
      if (isStopped) throw new Error(`${what}, and is not waited for any longer`);
      if (clock.monotonic() - startMs > limitMs) throw new Error(`${what} within ${limitMs / 1000} s`);
      await pass();
    }
  }

  return {
    clock,
    until,
    stop: () => void (isStopped = true),
    async drive(what, work) {
      let isSettled = false;
      const settle = (): void => void (isSettled = true);
      work.then(settle, settle);
      await until(`${what} did not end`, () => isSettled);
      return work;
    },
  };
}
