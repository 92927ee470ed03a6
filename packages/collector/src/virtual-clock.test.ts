import { describe, expect, it } from 'vitest';
import { virtualClock } from './virtual-clock.js';

describe('time', () => {
  it('stands still until it is advanced', async () => {
    const clock = virtualClock({ startMs: 1_000 });
    expect([clock.now(), clock.monotonic()]).toEqual([1_000, 0]);
    await clock.advance(500);
    expect([clock.now(), clock.monotonic()]).toEqual([1_500, 500]);
  });

  it.each([
    ['200ms', 200],
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['500us', 0.5],
  ] as const)('takes %s as %d milliseconds', async (by, ms) => {
    const clock = virtualClock();
    await clock.advance(by);
    expect(clock.monotonic()).toBe(ms);
  });

  it('tells whole milliseconds since the epoch, as Date.now does', async () => {
    const clock = virtualClock({ startMs: 1_000 });
    await clock.advance(0.75);
    expect(clock.now()).toBe(1_000);
  });

  it.each([-1, NaN, Infinity, '-1s', 'soon'])('refuses to move by %s', async (by) => {
    await expect(virtualClock().advance(by as number)).rejects.toThrow(
      `virtualClock: advance() needs a duration such as '30s', or milliseconds, got ${by}`,
    );
  });
});

describe('after', () => {
  it('runs once, at its own time', async () => {
    const clock = virtualClock();
    const at: number[] = [];
    clock.after(300, () => at.push(clock.monotonic()));
    await clock.advance(299);
    expect(at).toEqual([]);
    await clock.advance(1_000);
    expect(at).toEqual([300]);
    expect(clock.monotonic()).toBe(1_299);
  });

  it('runs in order of time, then of creation', async () => {
    const clock = virtualClock();
    const ran: string[] = [];
    clock.after(20, () => ran.push('third'));
    clock.after(10, () => ran.push('first'));
    clock.after(20, () => ran.push('fourth'));
    clock.after(10, () => ran.push('second'));
    await clock.advance(20);
    expect(ran).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('runs a timer that was set while advancing, if it falls due on the way', async () => {
    const clock = virtualClock();
    const at: number[] = [];
    clock.after(10, () => {
      clock.after(10, () => at.push(clock.monotonic()));
      clock.after(100, () => at.push(clock.monotonic()));
    });
    await clock.advance(50);
    expect(at).toEqual([20]);
    expect(clock.pending).toBe(1);
  });

  it('lets promises settle before the next timer', async () => {
    const clock = virtualClock();
    const ran: string[] = [];
    clock.after(10, () => {
      void (async () => {
        for (let step = 0; step < 50; step++) await Promise.resolve();
        await new Promise(setImmediate);
        ran.push('what the first began');
      })();
    });
    clock.after(10, () => ran.push('the second'));
    await clock.advance(10);
    expect(ran).toEqual(['what the first began', 'the second']);
  });

  it('lets what the test itself began settle before time moves', async () => {
    const clock = virtualClock();
    let ran = false;
    void Promise.resolve().then(() => clock.after(10, () => (ran = true)));
    await clock.advance(10);
    expect(ran).toBe(true);
  });

  it('treats a delay below zero as none', async () => {
    const clock = virtualClock();
    let ran = false;
    clock.after(-5, () => (ran = true));
    await clock.advance(0);
    expect([ran, clock.monotonic()]).toEqual([true, 0]);
  });

  it('does not run once stopped', async () => {
    const clock = virtualClock();
    let ran = false;
    clock.after(10, () => (ran = true)).stop();
    await clock.advance(10);
    expect(ran).toBe(false);
  });

  it('refuses NaN, which would never fall due', () => {
    expect(() => virtualClock().after(NaN, () => {})).toThrow('after() needs milliseconds, got NaN');
  });
});

describe('every', () => {
  it('runs at each interval until stopped', async () => {
    const clock = virtualClock();
    const at: number[] = [];
    const timer = clock.every(100, () => void at.push(clock.monotonic()));
    await clock.advance(350);
    timer.stop();
    await clock.advance(1_000);
    expect(at).toEqual([100, 200, 300]);
  });

  it('sets the next run when the last has ended', async () => {
    const clock = virtualClock();
    const began: number[] = [];
    clock.every(100, async () => {
      began.push(clock.monotonic());
      await clock.sleep(250);
    });
    await clock.advance(1_000);
    expect(began).toEqual([100, 450, 800]);
  });

  it('can be stopped from its own run', async () => {
    const clock = virtualClock();
    let runs = 0;
    const timer = clock.every(10, async () => {
      runs++;
      await clock.sleep(5);
      timer.stop();
    });
    await clock.advance(1_000);
    expect([runs, clock.pending]).toEqual([1, 0]);
  });

  it('goes on after a run that failed', async () => {
    const clock = virtualClock();
    let runs = 0;
    clock.every(10, () => {
      runs++;
      throw new Error('no luck');
    });
    await expect(clock.advance(10)).rejects.toThrow('no luck');
    await expect(clock.advance(10)).rejects.toThrow('no luck');
    expect(runs).toBe(2);
  });
});

describe('sleep', () => {
  it('resolves when its time has come', async () => {
    const clock = virtualClock();
    let awake = false;
    void clock.sleep(1_000).then(() => (awake = true));
    await clock.advance(999);
    expect(awake).toBe(false);
    await clock.advance(1);
    expect(awake).toBe(true);
  });

  it('rejects with the reason of its signal and leaves no timer', async () => {
    const clock = virtualClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(1_000, abort.signal);
    abort.abort(new Error('shutting down'));
    await expect(sleeping).rejects.toThrow('shutting down');
    expect(clock.pending).toBe(0);
  });

  it('rejects at once when the signal has aborted before', async () => {
    const clock = virtualClock();
    await expect(clock.sleep(1_000, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(clock.pending).toBe(0);
  });
});

describe('advance', () => {
  it('rejects with what a timer threw, and time stands where it ran', async () => {
    const clock = virtualClock();
    let ran = false;
    clock.after(10, () => {
      throw new Error('broken timer');
    });
    clock.after(20, () => (ran = true));
    await expect(clock.advance(100)).rejects.toThrow('broken timer');
    expect([clock.monotonic(), ran]).toEqual([10, false]);
    await clock.advance(10);
    expect(ran).toBe(true);
  });

  it('brings a failure to light that came while nobody was advancing', async () => {
    const clock = virtualClock();
    let fail = (_: Error): void => {};
    clock.every(10, () => new Promise((_, reject) => (fail = reject)));
    await clock.advance(10);
    fail(new Error('late'));
    await expect(clock.advance(0)).rejects.toThrow('late');
  });

  it('ends in a clear error when timers set one another without end', async () => {
    const clock = virtualClock({ maxRuns: 50 });
    const again = (): void => void clock.after(0, again);
    again();
    await expect(clock.advance('30s')).rejects.toThrow(
      '50 timers ran within one advance of 30s and the next, after(0), is due too',
    );
  });

  it('refuses to run twice at a time, and says so also to a timer that awaits it', async () => {
    const clock = virtualClock();
    const first = clock.advance(10);
    await expect(clock.advance(10)).rejects.toThrow('under way already');
    await first;
    clock.every(5, () => clock.advance(5));
    await expect(clock.advance(5)).rejects.toThrow('under way already');
  });
});

describe('pending', () => {
  it('counts what is set, and tells what it is', async () => {
    const clock = virtualClock();
    clock.every(200, () => {});
    clock.after(50, () => {});
    void clock.sleep(5_000);
    await clock.advance(20);
    expect(clock.pending).toBe(3);
    expect(clock.timers()).toEqual([
      { kind: 'after', ms: 50, dueInMs: 30 },
      { kind: 'every', ms: 200, dueInMs: 180 },
      { kind: 'sleep', ms: 5_000, dueInMs: 4_980 },
    ]);
  });

  it('counts an every whose run has not ended', async () => {
    const clock = virtualClock();
    const timer = clock.every(10, () => new Promise<void>(() => {}));
    await clock.advance(10);
    expect(clock.timers()).toEqual([{ kind: 'every', ms: 10, dueInMs: undefined }]);
    timer.stop();
    expect(clock.pending).toBe(0);
  });
});
