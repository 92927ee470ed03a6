import { systemRuntime, virtualClock, type VirtualClock } from '@tributary/collector';

/** Virtual time that passes while something is waited for, so that no check sleeps. */
export interface PassingTime {
  readonly clock: VirtualClock;
  /** Resolves or rejects as `work` does. @throws Error that says `what` did not end */
  readonly drive: <T>(what: string, work: Promise<T>) => Promise<T>;
  /** @throws Error that says what did not come true. `withinMs` is by default as long as anything may take. */
  readonly until: (what: string, isSo: () => boolean | Promise<boolean>, withinMs?: number) => Promise<void>;
  /** Nobody waits any longer: what still does fails. */
  readonly stop: () => void;
}

/** How long the system gets for what it was asked to do: a file is not opened any faster for time that flies. */
const patienceMs = 5_000;

/** Whether the system has been asked for a file, a name or a connection and has not answered. */
const isSystemBusy = (): boolean => process.getActiveResourcesInfo().some((resource) => /Req/.test(resource));

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

  async function until(
    what: string,
    isSo: () => boolean | Promise<boolean>,
    withinMs: number = limitMs,
  ): Promise<void> {
    const startMs = clock.monotonic();
    const realStartMs = real.monotonic();
    if (passing === undefined) seenMs = real.monotonic();
    for (;;) {
      // Before the question, which may be one to the system.
      const isWaitedFor = isSystemBusy() && real.monotonic() - realStartMs < patienceMs;
      if (await isSo()) return;
      if (isStopped) throw new Error(`${what}, and is not waited for any longer`);
      if (clock.monotonic() - startMs > withinMs && !isWaitedFor) {
        throw new Error(`${what} within ${withinMs / 1000} s`);
      }
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
