import { describe, expect, it } from 'vitest';
import { createBackoff, createLastBackoff } from './backoff.js';

const config = { initial_interval: 5_000, randomization_factor: 0.5, multiplier: 1.5, max_interval: 30_000 };

function pauses(backoff: { next(): number }, count: number): number[] {
  return Array.from({ length: count }, () => backoff.next());
}

describe('the pauses', () => {
  // By hand from the algorithm: interval times 1.5 while it is below max_interval / 1.5.
  it.each([
    [0, [2_500, 3_750, 5_625, 8_437.5, 12_656.25, 15_000, 15_000]],
    [0.5, [5_000, 7_500, 11_250, 16_875, 25_312.5, 30_000, 30_000]],
    [1, [7_500, 11_250, 16_875, 25_312.5, 37_968.75, 45_000, 45_000]],
  ])('with chance %d', (chance, expected) => {
    expect(
      pauses(
        createBackoff(config, () => chance),
        expected.length,
      ),
    ).toEqual(expected);
  });

  it('are the longest from the start where initial_interval is above max_interval', () => {
    const backoff = createBackoff({ ...config, max_interval: 1_000 }, () => 0.5);
    expect(pauses(backoff, 3)).toEqual([5_000, 1_000, 1_000]);
  });

  it('are alike where nothing is randomised and the multiplier is 1', () => {
    const backoff = createBackoff({ ...config, randomization_factor: 0, multiplier: 1 }, () => 0.9);
    expect(pauses(backoff, 3)).toEqual([5_000, 5_000, 5_000]);
  });

  it('begin again after a reset', () => {
    const backoff = createBackoff(config, () => 0.5);
    pauses(backoff, 3);
    backoff.reset();
    expect(backoff.next()).toBe(5_000);
  });
});

describe('the pauses of a shutdown', () => {
  it('are from 100 ms to a second', () => {
    const backoff = createLastBackoff({ ...config, multiplier: 4 }, () => 0.5);
    expect(pauses(backoff, 4)).toEqual([100, 400, 1_000, 1_000]);
  });

  it('are not longer than the config asks for', () => {
    const backoff = createLastBackoff({ ...config, initial_interval: 10, max_interval: 20 }, () => 0.5);
    expect(pauses(backoff, 3)).toEqual([10, 15, 20]);
  });
});
