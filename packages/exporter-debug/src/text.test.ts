import { describe, expect, it } from 'vitest';
import { fixed, shortNumber, time } from './text.js';

describe('a number in its shortest form', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-7.25, '-7.25'],
    [0.1, '0.1'],
    [999999, '999999'],
    [123456.789, '123456.789'],
    [1000000, '1e+06'],
    [1234567, '1.234567e+06'],
    [-123456789.5, '-1.234567895e+08'],
    [1e21, '1e+21'],
    [1e100, '1e+100'],
    [0.0001, '0.0001'],
    [0.00012, '0.00012'],
    [0.00001, '1e-05'],
    [1.5e-7, '1.5e-07'],
    ['NaN', 'NaN'],
    ['Infinity', '+Inf'],
    ['-Infinity', '-Inf'],
    [undefined, '0'],
  ] as const)('%s is %s, as Go writes it', (value, expected) => {
    expect(shortNumber(value)).toBe(expected);
  });
});

it.each([
  [1.5, '1.500000'],
  [-0, '-0.000000'],
  [1e-9, '0.000000'],
  [1e21, '1000000000000000000000.000000'],
  [123456789012, '123456789012.000000'],
  ['-Infinity', '-Inf'],
] as const)('%s has six digits behind the point: %s', (value, expected) => {
  expect(fixed(value)).toBe(expected);
});

it.each([
  ['1581452773000000789', '2020-02-11 20:26:13.000000789 +0000 UTC'],
  ['1581452773120000000', '2020-02-11 20:26:13.12 +0000 UTC'],
  ['1581452773000000000', '2020-02-11 20:26:13 +0000 UTC'],
  [undefined, '1970-01-01 00:00:00 +0000 UTC'],
])('%s nanoseconds are %s', (nanos, expected) => {
  expect(time(nanos)).toBe(expected);
});
