import { expect, it } from 'vitest';
import { formatCount, formatRate, formatUptime } from './numbers.js';

it.each([
  [0, '0'],
  [999, '999'],
  [9_999_999, '9,999,999'],
  [10_000_000, '10.0M'],
  [12_345_678_901, '12.3G'],
  [1.5e13, '15.0T'],
  [2e15, '2.0P'],
  [-3, '-3'],
])('%d items are %s', (value, text) => {
  expect(formatCount(value)).toBe(text);
});

it.each([
  [undefined, '-'],
  [0, '0'],
  [0.04, '0.0'],
  [0.46, '0.5'],
  [9.94, '9.9'],
  [9.96, '10'],
  [1234.5, '1,235'],
  [2e7, '20.0M'],
])('a rate of %s is %s', (value, text) => {
  expect(formatRate(value)).toBe(text);
});

it.each([
  [0, '0s'],
  [999, '0s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [200_000, '3m 20s'],
  [7_200_000, '2h'],
  [3_600_000 + 59_000, '1h'],
  [90_061_000, '1d 1h'],
])('%d ms are %s', (ms, text) => {
  expect(formatUptime(ms)).toBe(text);
});
