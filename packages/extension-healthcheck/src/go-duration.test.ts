import { expect, it } from 'vitest';
import { goDuration } from './go-duration.js';

it.each([
  [0, '0s'],
  [0.2, '0s'],
  [1, '1ms'],
  [999.4, '999ms'],
  [999.6, '1s'],
  [1500, '1.5s'],
  [59_999, '59.999s'],
  [60_000, '1m0s'],
  [62_300, '1m2.3s'],
  [3_600_000, '1h0m0s'],
  [90_061_001, '25h1m1.001s'],
])('writes %d ms as Go does: %s', (ms, text) => {
  expect(goDuration(ms)).toBe(text);
});
