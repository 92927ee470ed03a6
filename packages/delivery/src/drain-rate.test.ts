import type { Clock } from '@tributary/component';
import { expect, it } from 'vitest';
import { DrainRate } from './drain-rate.js';

function arrange(): { rate: DrainRate; pass: (ms: number) => void } {
  let nowMs = 0;
  const clock = { monotonic: () => nowMs } as Clock;
  return { rate: new DrainRate(clock), pass: (ms) => void (nowMs += ms) };
}

it('measures only while there is something in it', () => {
  const { rate, pass } = arrange();
  rate.begin();
  pass(1_000);
  rate.drained(10, true);
  pass(3_600_000);
  expect(rate.hintMs(20)).toBe(2_000);
});

it('forgets what is long ago', () => {
  const { rate, pass } = arrange();
  rate.begin();
  pass(10_000);
  rate.drained(10_000, false);
  // Slower by a thousand.
  for (let second = 0; second < 300; second++) {
    pass(1_000);
    rate.drained(1, false);
  }
  expect(rate.hintMs(5)).toBeGreaterThan(4_500);
  expect(rate.hintMs(5)).toBeLessThan(5_500);
});

it('does not count what never stayed', () => {
  const { rate, pass } = arrange();
  rate.drained(1_000_000, true);
  rate.begin();
  pass(5_000);
  expect(rate.hintMs(1)).toBe(5_000);
});

it('says from 100 ms to 30 s, in whole milliseconds', () => {
  const { rate, pass } = arrange();
  rate.begin();
  pass(1_000);
  rate.drained(3, false);
  expect([rate.hintMs(1), rate.hintMs(0), rate.hintMs(1_000)]).toEqual([333, 100, 30_000]);
});
