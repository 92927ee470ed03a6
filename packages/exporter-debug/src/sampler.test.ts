import type { Clock } from '@tributary/component';
import { expect, it } from 'vitest';
import { createSampler } from './sampler.js';

const clock = { monotonic: () => 0 } as Clock;

it('forgets what it has seen beyond 4,096 different messages, so that it does not grow', () => {
  const isWanted = createSampler({ sampling_initial: 1, sampling_thereafter: 0 }, clock);
  expect([isWanted('a'), isWanted('a')]).toEqual([true, false]);
  for (let n = 1; n < 4096; n++) isWanted(`other ${n}`);
  expect(isWanted('a')).toBe(false);
  isWanted('one more');
  expect(isWanted('a')).toBe(true);
});
