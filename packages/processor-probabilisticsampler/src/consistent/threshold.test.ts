import { expect, it } from 'vitest';
import { always, formatThreshold, never, parseThreshold, probabilityOf, thresholdOf } from './threshold.js';

const digits = [1, 2, 4, 5, 14] as const;

// Percentages are of single precision, as in a configuration.
it.each([
  [0.1, 'ffc', 'ffbe', 'ffbe77', 'ffbe76d', 'ffbe76c8a3d70a'],
  [1, 'fd', 'fd7', 'fd70a', 'fd70a4', 'fd70a3d70a3d71'],
  [10, 'e', 'e6', 'e666', 'e6666', 'e6666666666666'],
  [15, 'e', 'da', 'd99a', 'd999a', 'd999999999999a'],
  [25, 'c', 'c', 'c', 'c', 'c'],
  [33.333, 'b', 'ab', 'aaab', 'aaaae', 'aaaae28f5c28f4'],
  [50, '8', '8', '8', '8', '8'],
  [66.6, '5', '56', '5581', '5581', '55810666666668'],
  [75, '4', '4', '4', '4', '4'],
  [90, '2', '1a', '199a', '1999a', '19999999999998'],
  [99, '03', '029', '028f6', '028f5c', '028f5c28f5c29'],
  [99.9, '004', '0042', '004189', '004188f', '004188f5c28f6'],
  [100, '0', '0', '0', '0', '0'],
])('%d %% is %s with one digit, and more with more', (percentage, ...texts) => {
  const thresholds = digits.map((count) => thresholdOf(Math.fround(percentage) / 100, count)!);
  expect(thresholds.map(formatThreshold)).toEqual(texts);
});

it.each([2 ** -57, 0, -0.5, 1.0001, NaN, Infinity])(
  'there is none for a probability of %d',
  (probability) => {
    expect(thresholdOf(probability, 4)).toBeUndefined();
  },
);

it('the smallest probability keeps the highest randomness alone', () => {
  expect(formatThreshold(thresholdOf(2 ** -56, 4)!)).toBe('ffffffffffffff');
});

it('trailing zeros are left out, and may be there', () => {
  expect(parseThreshold('8')).toEqual(parseThreshold('80000000000000'));
  expect(formatThreshold(parseThreshold('08000000000000')!)).toBe('08');
  expect(parseThreshold('0')).toEqual(always);
  expect(parseThreshold('CD')).toEqual(parseThreshold('cd'));
});

it.each(['', 'g', '0x8', '+8', ' 8', '8_0', '000000000000000'])('%j is no threshold', (text) => {
  expect(parseThreshold(text)).toBeUndefined();
});

it('tells its probability', () => {
  expect(probabilityOf(always)).toBe(1);
  expect(probabilityOf(never)).toBe(0);
  expect(probabilityOf(parseThreshold('c')!)).toBe(0.25);
  expect(probabilityOf(parseThreshold('ffffffffffffff')!)).toBe(2 ** -56);
});
