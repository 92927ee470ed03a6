/** The arithmetic of mode `hash_seed`: one of 16384 buckets for each item, of which the first ones are kept. */
import { never, type Threshold } from './consistent/threshold.js';
import { fnv1a32 } from './fnv.js';

const buckets = 2 ** 14;

/** Hashes keys behind a seed. */
export function createHash(seed: number): (key: Uint8Array) => number {
  const seeded = fnv1a32(Uint8Array.of(seed, seed >>> 8, seed >>> 16, seed >>> 24));
  return (key) => fnv1a32(key, seeded);
}

/** How many buckets a percentage keeps: computed in single precision and cut off, as in the Collector. */
export function bucketsOf(percentage: number): number {
  return Math.trunc(Math.fround(Math.min(100, percentage) * Math.fround(buckets / 100)));
}

/** The threshold that keeps so many buckets. */
export function bucketThreshold(kept: number): Threshold {
  return kept === 0 ? never : { high: (buckets - kept) * buckets, low: 0 };
}

/** The randomness that a threshold keeps exactly where the hash is in a bucket that is kept. Written to `out`. */
export function spreadHash(hash: number, out: { high: number; low: number }): void {
  const bucket = hash & (buckets - 1);
  // The highest 14 bits, over 28.
  const rest = hash >>> 18;
  const spread = rest ^ (rest << 10);
  out.high = ((buckets - 1 - bucket) << 14) | (spread >>> 14);
  out.low = ((spread & (buckets - 1)) << 14) | bucket;
}
