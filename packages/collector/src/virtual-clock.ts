// A turn of the event loop is no time.
// oxlint-disable-next-line no-restricted-imports
import { setImmediate as nextTurn } from 'node:timers/promises';
import { toMs, type Clock, type Duration, type Timer } from '@tributary/component';

/** How a {@link virtualClock} begins, and where it gives up. */
export interface VirtualClockOptions {
  /** What `now()` says at first, in milliseconds since the epoch. Default 2026-01-01T00:00:00Z. */
  readonly startMs?: number;
  /** Timers that one `advance` may run; more is taken for a loop that never ends. Default 100,000. */
  readonly maxRuns?: number;
}

/** A timer that is set. */
export interface PendingTimer {
  readonly kind: 'after' | 'every' | 'sleep';
  /** The delay or the interval, as it was asked for. */
  readonly ms: number;
  /** Milliseconds from now; `undefined` for an `every` whose run has not ended. */
  readonly dueInMs: number | undefined;
}

/** Time that stands still until it is told to go on. */
export interface VirtualClock extends Clock {
  /**
   * Moves time on by a Go duration, or by milliseconds, and runs what falls due
   * on the way: in order of time, then of creation, each at its own time.
   * Promises settle before the first timer and after each, so what a run sets is
   * seen, and runs too where it is due. `advance(0)` runs what is due now.
   *
   * A promise that waits for real I/O (socket, file, thread pool) may settle
   * later than that: wait for its effect instead.
   *
   * Rejects with what a timer threw (time stands where that timer ran), when
   * `maxRuns` is reached, and while another `advance` is under way.
   */
  advance(by: Duration | number): Promise<void>;
  /** How many timers are set. An `every` counts until it is stopped. */
  readonly pending: number;
  /** The timers that are set, in the order in which they would run. */
  timers(): readonly PendingTimer[];
}

/**
 * A clock for tests, replays and simulations: nothing runs but by `advance`, and always
 * in the same order.
 *
 * @example
 * const clock = virtualClock();
 * let ticks = 0;
 * clock.every(1_000, () => void ticks++);
 * await clock.advance('10s'); // ticks is 10
 */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const { startMs = Date.UTC(2026, 0, 1), maxRuns = 100_000 } = options;
  const waiting: SetTimer[] = []; // in the order in which they run
  const running = new Set<SetTimer>(); // each an `every` whose run has not ended
  const failures: unknown[] = []; // what timers threw, for the next `advance` to throw
  let elapsedMs = 0;
  let timersMade = 0;
  let isAdvancing = false;

  function set(kind: PendingTimer['kind'], ms: number, run: (timer: SetTimer) => void): SetTimer {
    if (Number.isNaN(ms)) throw new RangeError(`virtualClock: ${kind}() needs milliseconds, got NaN`);
    const timer: SetTimer = { kind, ms, run, dueMs: 0, order: timersMade++, isStopped: false };
    enqueue(timer);
    return timer;
  }

  function enqueue(timer: SetTimer): void {
    timer.dueMs = elapsedMs + Math.max(timer.ms, 0);
    // Halved, not walked: a simulation of a thousand collectors has tens of thousands of timers.
    let at = 0;
    for (let end = waiting.length; at < end;) {
      const middle = (at + end) >>> 1;
      if (runsBefore(timer, waiting[middle]!)) end = middle;
      else at = middle + 1;
    }
    waiting.splice(at, 0, timer);
  }

  function stop(timer: SetTimer): void {
    timer.isStopped = true;
    running.delete(timer);
    const at = waiting.indexOf(timer);
    if (at >= 0) waiting.splice(at, 1);
  }

  async function runPeriodically(timer: SetTimer, run: () => void | Promise<void>): Promise<void> {
    running.add(timer);
    try {
      await run();
    } catch (error) {
      failures.push(error);
    }
    running.delete(timer);
    if (!timer.isStopped) enqueue(timer);
  }

  function throwFailure(): void {
    if (failures.length > 0) throw failures.shift();
  }

  async function advanceTo(endMs: number, by: Duration | number): Promise<void> {
    await settle();
    throwFailure();
    for (let runs = 0; ; runs++) {
      const next = waiting[0];
      if (next === undefined || next.dueMs > endMs) break;
      if (runs === maxRuns) throw new Error(runawayMessage(maxRuns, by, waiting));
      waiting.shift();
      elapsedMs = next.dueMs;
      next.run(next);
      await settle();
      throwFailure();
    }
    elapsedMs = endMs;
  }

  return {
    now: () => Math.floor(startMs + elapsedMs),
    monotonic: () => elapsedMs,

    after(ms, run): Timer {
      const timer = set('after', ms, run);
      return { stop: () => stop(timer) };
    },

    every(ms, run): Timer {
      const timer = set('every', ms, (due) => {
        // Never rejects: what the run throws is kept for `advance`.
        void runPeriodically(due, run);
      });
      return { stop: () => stop(timer) };
    },

    sleep(ms, signal): Promise<void> {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const timer = set('sleep', ms, () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        });
        function abort(): void {
          stop(timer);
          reject(signal!.reason);
        }
        signal?.addEventListener('abort', abort, { once: true });
      });
    },

    async advance(by): Promise<void> {
      const ms = toMs(by, 'virtualClock: advance()');
      if (isAdvancing) throw new Error('virtualClock: advance() is under way already; await it first');
      isAdvancing = true;
      try {
        await advanceTo(elapsedMs + ms, by);
      } finally {
        isAdvancing = false;
      }
    },

    get pending() {
      return waiting.length + running.size;
    },

    timers() {
      const due = waiting.map((timer) => describe(timer, timer.dueMs - elapsedMs));
      return [...due, ...[...running].map((timer) => describe(timer, undefined))];
    },
  };
}

interface SetTimer {
  readonly kind: PendingTimer['kind'];
  readonly ms: number;
  readonly run: (timer: SetTimer) => void;
  /** On the monotonic clock. */
  dueMs: number;
  readonly order: number;
  isStopped: boolean;
}

function runsBefore(a: SetTimer, b: SetTimer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

function describe({ kind, ms }: SetTimer, dueInMs: number | undefined): PendingTimer {
  return { kind, ms, dueInMs };
}

function runawayMessage(runs: number, by: Duration | number, waiting: readonly SetTimer[]): string {
  const [next] = waiting;
  const span = typeof by === 'number' ? `${by} ms` : by;
  return (
    `virtualClock: ${runs} timers ran within one advance of ${span} and the next, ` +
    `${next?.kind}(${next?.ms}), is due too; a timer that sets itself again without delay? (option maxRuns)`
  );
}

// One turn of the event loop empties the microtask queue; more than one lets code
// through that yields with setImmediate. The number is a bound, not a measure.
const turnsToSettle = 4;

async function settle(): Promise<void> {
  for (let turn = 0; turn < turnsToSettle; turn++) await nextTurn();
}
