import { fromBigInt, fromHex, isBelow, toHex, type Bits56 } from './bits56.js';

/**
 * From 0 to 2^56: an item is kept where its randomness is not below it, which is so with a probability of
 * `1 - threshold / 2^56`. `th` of the `ot` member of a tracestate.
 */
export type Threshold = Bits56;

/** With a probability of 1. */
export const always: Threshold = { high: 0, low: 0 };
/** Above every randomness. It has no text. */
export const never: Threshold = { high: 2 ** 28, low: 0 };

/** Most digits of a threshold. */
export const maxDigits = 14;

const textPattern = /^[0-9a-f]{1,14}$/i;

export function isKept(threshold: Threshold, randomness: Bits56): boolean {
  return !isBelow(randomness, threshold);
}

/** Trailing zeros may be left out. `undefined` where the text is no threshold. */
export function parseThreshold(text: string): Threshold | undefined {
  return textPattern.test(text) ? fromHex(text.padEnd(maxDigits, '0')) : undefined;
}

// The threshold that was written last: mostly it is the same for all items.
let lastThreshold: Threshold = always;
let lastText = '0';

/** Of a threshold that keeps something. */
export function formatThreshold(threshold: Threshold): string {
  if (threshold !== lastThreshold) {
    lastThreshold = threshold;
    lastText = toHex(threshold).replace(/0+$/, '') || '0';
  }
  return lastText;
}

/**
 * The threshold of a probability, of so many significant digits: leading `0` and `f`, of which small and large
 * probabilities have some, do not count. `undefined` outside of 2^-56 to 1.
 */
export function thresholdOf(probability: number, digits: number): Threshold | undefined {
  if (!(probability >= 2 ** -56 && probability <= 1)) return undefined;
  if (probability === 1) return always;
  const insignificant = Math.max(leadingZeros(probability), leadingZeros(1 - probability));
  const droppedBits = BigInt(4 * (maxDigits - Math.min(maxDigits, digits + insignificant)));
  let threshold = 2n ** 56n - BigInt(Math.round(probability * 2 ** 56));
  if (droppedBits > 0n) {
    const half = 1n << (droppedBits - 1n);
    threshold = ((threshold + half) >> droppedBits) << droppedBits;
  }
  return fromBigInt(threshold);
}

export function probabilityOf({ high, low }: Threshold): number {
  return ((2 ** 28 - high) * 2 ** 28 - low) / 2 ** 56;
}

const bits = new DataView(new ArrayBuffer(8));

/** Hexadecimal zeros behind the point of a fraction, by its binary exponent. */
function leadingZeros(fraction: number): number {
  bits.setFloat64(0, fraction);
  const exponent = (bits.getUint16(0) >>> 4) - 1022;
  return Math.trunc(-exponent / 4);
}
