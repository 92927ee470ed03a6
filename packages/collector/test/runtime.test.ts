import { spawnSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { systemRuntime } from '../src/index.js';
import { ManualClock, recordingLogger } from './support.js';

describe('the real runtime', () => {
  it('is replaced piece by piece', () => {
    const clock = new ManualClock();
    const runtime = systemRuntime({ clock, random: () => 0.5 });
    expect(runtime.clock).toBe(clock);
    expect(runtime.random()).toBe(0.5);
    expect(Object.keys(runtime).sort()).toEqual(['clock', 'dns', 'fs', 'logger', 'meterProvider', 'random']);
  });

  it('has a clock that agrees with the machine', () => {
    const { clock } = systemRuntime();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(10_000);
    expect(clock.monotonic()).toBeLessThanOrEqual(clock.monotonic());
  });
});

describe('the real clock', () => {
  it('runs what it is given, and not what was stopped', async () => {
    const { clock } = systemRuntime();
    const ran: string[] = [];
    clock.after(0, () => ran.push('stopped')).stop();
    await new Promise<void>((resolve) => {
      clock.after(0, () => ran.push('first'));
      clock.after(1, resolve);
    });
    expect(ran).toEqual(['first']);
  });

  it('sets the next run of a tick when the last has ended, and survives one that throws', async () => {
    const logger = recordingLogger();
    const { clock } = systemRuntime({ logger });
    let running = 0;
    let most = 0;
    let ticks = 0;
    await new Promise<void>((resolve) => {
      const timer = clock.every(1, async () => {
        most = Math.max(most, ++running);
        await clock.sleep(3);
        running--;
        if (++ticks === 1) throw new Error('a bug');
        timer.stop();
        resolve();
      });
    });
    expect([most, ticks]).toEqual([1, 2]);
    expect(logger.lines.map(({ level, message }) => [level, message])).toEqual([['error', 'a timer threw']]);
  });

  it('waits longer than a timer of Node can', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const month = 31 * 24 * 3600 * 1000;
      const { clock } = systemRuntime();
      const start = clock.monotonic();
      let hasFired = false;
      clock.after(month, () => (hasFired = true));
      vi.advanceTimersToNextTimer();
      expect(clock.monotonic() - start).toBe(2 ** 31 - 1);
      vi.advanceTimersByTime(month - (clock.monotonic() - start) - 1);
      expect(hasFired).toBe(false);
      vi.advanceTimersByTime(2);
      expect(hasFired).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('stops sleeping when it is told to', async () => {
    const { clock } = systemRuntime();
    const controller = new AbortController();
    const slept = clock.sleep(60_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(slept).rejects.toThrow('enough');
    await expect(clock.sleep(60_000, controller.signal)).rejects.toThrow('enough');
  });
});

describe('the default logger', () => {
  it('writes JSON lines to stderr from its level up', () => {
    const program = `
      import { createLogger } from '@tributary/collector';
      const logger = createLogger({ level: 'warn' });
      logger.info('not this');
      logger.warn('this', { items: 3, error: new TypeError('why') });
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
      cwd: import.meta.dirname,
    });
    expect(stdout).toBe('');
    const line = JSON.parse(stderr) as Record<string, unknown>;
    expect(line).toMatchObject({
      level: 'warn',
      msg: 'this',
      items: 3,
      error: 'why',
    });
  });

  it('lets a program end that waits for nothing but timers of the clock', () => {
    const program = `
      import { systemRuntime } from '@tributary/collector';
      const { clock } = systemRuntime();
      clock.after(60_000, () => {});
      clock.every(60_000, () => {});
    `;
    const { status, signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: import.meta.dirname,
      timeout: 15_000,
    });
    expect([status, signal]).toEqual([0, null]);
  });
});
