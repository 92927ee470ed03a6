import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../../../../test/support/property.js';
import { fromBigInt, isBelow, toHex, type Bits56 } from './bits56.js';
import { parseRandomness, readTraceId } from './randomness.js';
import { formatThreshold, isKept, parseThreshold, probabilityOf, thresholdOf } from './threshold.js';

const full = 2n ** 56n;
const bits = fc.bigInt({ min: 0n, max: full - 1n });
const probability = fc.oneof(
  fc.double({ min: 2 ** -56, max: 1, noNaN: true }),
  fc.integer({ min: -56, max: -1 }).map((exponent) => 2 ** exponent),
  fc.integer({ min: 1, max: 53 }).map((exponent) => 1 - 2 ** -exponent),
  fc.float({ min: Math.fround(1e-6), max: 100, noNaN: true }).map((percentage) => percentage / 100),
);

const toBigInt = ({ high, low }: Bits56): bigint => BigInt(high) * 2n ** 28n + BigInt(low);

/** A double as the fraction that it is. */
function fraction(value: number): readonly [numerator: bigint, denominator: bigint] {
  let denominator = 1n;
  while (!Number.isInteger(value)) {
    value *= 2;
    denominator *= 2n;
  }
  return [BigInt(value), denominator];
}

/** Zeros at the begin of `numerator / denominator` in hexadecimal, where it is below one; one that ends there counts. */
function leadingZeros(numerator: bigint, denominator: bigint): number {
  let zeros = 0;
  while (numerator * 16n < denominator && numerator > 0n) {
    numerator *= 16n;
    zeros++;
  }
  return zeros;
}

/** The threshold by integers alone. */
function oracle(value: number, digits: number): bigint {
  const [numerator, denominator] = fraction(value);
  if (numerator === denominator) return 0n;
  const scaled = (numerator * full * 2n + denominator) / (denominator * 2n);
  const zeros = Math.max(leadingZeros(numerator, denominator), leadingZeros(...fraction(1 - value)));
  const unit = 16n ** BigInt(14 - Math.min(14, digits + zeros));
  const exact = full - scaled;
  return ((exact * 2n + unit) / (unit * 2n)) * unit;
}

it('a threshold is what integers give, of any probability and any number of digits', () => {
  assertProperty(
    fc.property(probability, fc.integer({ min: 1, max: 14 }), (value, digits) => {
      expect(toBigInt(thresholdOf(value, digits)!)).toBe(oracle(value, digits));
    }),
  );
});

it('the text of a threshold is read as it was written, and its probability is the nearest double', () => {
  assertProperty(
    fc.property(bits, (value) => {
      const threshold = fromBigInt(value);
      expect(toBigInt(parseThreshold(formatThreshold(threshold))!)).toBe(value);
      expect(probabilityOf(threshold)).toBe(Number(full - value) / 2 ** 56);
    }),
  );
});

it('halves are in the order of the whole', () => {
  assertProperty(
    fc.property(bits, bits, (a, b) => {
      expect(isBelow(fromBigInt(a), fromBigInt(b))).toBe(a < b);
      expect(isKept(fromBigInt(a), fromBigInt(b))).toBe(a <= b);
    }),
  );
});

it('randomness is the low 56 bits of the trace ID, and 14 digits', () => {
  assertProperty(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (id) => {
      const randomness = { high: 0, low: 0 };
      readTraceId(id, randomness);
      const digits = Buffer.from(id).toString('hex').slice(18);
      expect(toHex(randomness)).toBe(digits);
      expect(parseRandomness(digits)).toEqual(randomness);
    }),
  );
});
