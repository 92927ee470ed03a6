import { expect, it } from 'vitest';
import { formatRetryAfter, parseRetryAfter } from './retry-after.js';

it.each([
  [0, '1'],
  [400, '1'],
  [1000, '1'],
  [1001, '2'],
  [60_000, '60'],
])('writes %d ms as %s s, never too early', (ms, seconds) => {
  expect(formatRetryAfter(ms)).toBe(seconds);
});

const now = Date.parse('2026-01-01T00:00:00Z');

it.each([
  [undefined, undefined],
  ['', undefined],
  ['0', undefined],
  ['7', 7000],
  [' 7 ', 7000],
  ['-7', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['abc 2099', undefined],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Wed, 31 Dec 2025 23:59:59 GMT', undefined],
  ['99999999999', 86_400_000],
])('reads %j as %j ms', (text, ms) => {
  expect(parseRetryAfter(text, now)).toBe(ms);
});
