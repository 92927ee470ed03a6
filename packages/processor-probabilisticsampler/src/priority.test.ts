import { expect, it } from 'vitest';
import { always, formatThreshold, never } from './consistent/threshold.js';
import { recordPriority, spanPriority } from './priority.js';

it.each([1, 0.5, 12n, Infinity, '1', '0.5', '+1e2', '.5', '1.', 'inf', '+Infinity'])(
  '%o keeps a span',
  (value) => {
    expect(spanPriority(value)).toBe(always);
  },
);

it.each([0, -0, '0', '0.0', '-0', '0e5', '1e-999'])('%o drops a span', (value) => {
  expect(spanPriority(value)).toBe(never);
});

it.each([undefined, null, -1, -0.5, -(2n ** 62n), NaN, true, [1], { a: 1 }, Uint8Array.of(1)])(
  '%o is no priority of a span',
  (value) => {
    expect(spanPriority(value)).toBeUndefined();
  },
);

it.each(['', 'x', '-1', '-inf', 'nan', ' 1', '1 ', '1,5', '1e999', '1e', '0x1p4', '1_0', '.'])(
  'the text %o is no priority of a span',
  (value) => {
    expect(spanPriority(value)).toBeUndefined();
  },
);

it.each([
  [100, '0'],
  [50, '8'],
  [25n, 'c'],
  [12.5, 'e'],
])('%d is a percentage of a log record', (value, th) => {
  expect(formatThreshold(recordPriority(value, 4)!)).toBe(th);
});

it.each([0, -1, 100.1, 150, '50', true, null, undefined])('%o is no priority of a log record', (value) => {
  expect(recordPriority(value, 4)).toBeUndefined();
});
