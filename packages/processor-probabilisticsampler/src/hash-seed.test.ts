import { describe, expect, it } from 'vitest';
import { toHex } from './consistent/bits56.js';
import { formatThreshold, isKept, never } from './consistent/threshold.js';
import { fnv1a32 } from './fnv.js';
import { bucketsOf, bucketThreshold, createHash, spreadHash } from './hash-seed.js';

const ids = {
  T1: '0102030405060708090a0b0c0d0e0f10',
  T2: '4bf92f3577b34da6a3ce929d0e0e4736',
  T3: '0af7651916cd43dd8448eb211c80319c',
  T4: '80f198ee56343ba864fe8b2a57d3eff7',
  T6: 'ffffffffffffffffffffffffffffffff',
  T7: '5b8aa5a2d2c872e8321cf37308d69df2',
  T8: 'd4cda95b652f4a1592b449d5929fda1b',
  T10: '0000000000000000a1b2c3d4e5f60718',
} as const;

it.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('the hash of %j is the published one', (text, hash) => {
  expect(fnv1a32(Buffer.from(text))).toBe(hash);
});

describe.each([
  ['T1', 0, 'df241a25', 6693, '976837c4f25a25', 'nny'],
  ['T2', 0, '3420408d', 141, 'fdc80d0b42008d', 'yyy'],
  ['T3', 0, '810d5de4', 7652, '886c204b10dde4', 'nny'],
  ['T4', 0, '0939530e', 4878, 'b3c4024e93930e', 'nny'],
  ['T6', 0, '291a1545', 5445, 'aae80a44919545', 'nny'],
  ['T8', 0, '6a8ae9ef', 10735, '58401aa4a8a9ef', 'nnn'],
  ['T10', 0, '181b17dd', 6109, 'a08806078197dd', 'nny'],
  ['T1', 22, 'd863b443', 13379, '2ef03615863443', 'nnn'],
  ['T2', 22, '5610306b', 12395, '3e50158161306b', 'nnn'],
  ['T3', 22, '1032c19e', 414, 'f984040d03019e', 'yyy'],
  ['T4', 22, '0d059a1c', 6684, '978c0341d05a1c', 'nny'],
  ['T6', 22, '03b425b3', 9651, '693000ed3b65b3', 'nnn'],
  ['T8', 22, 'f7990ca5', 3237, 'cd683de9798ca5', 'nyy'],
  ['T10', 22, 'f7636b53', 11091, '52b03dd7762b53', 'nnn'],
] as const)('%s with seed %d', (id, seed, expectedHash, bucket, rv, decisions) => {
  const hash = createHash(seed)(Buffer.from(ids[id], 'hex'));
  const randomness = { high: 0, low: 0 };
  spreadHash(hash, randomness);

  it('has the hash, the bucket and the randomness of the Collector', () => {
    expect(hash.toString(16).padStart(8, '0')).toBe(expectedHash);
    expect(hash & 16383).toBe(bucket);
    expect(toHex(randomness)).toBe(rv);
  });

  it('is kept at 10, 25 and 50 % where the Collector keeps it', () => {
    const kept = [10, 25, 50].map((percentage) => isKept(bucketThreshold(bucketsOf(percentage)), randomness));
    expect(kept.map((is) => (is ? 'y' : 'n')).join('')).toBe(decisions);
  });
});

it.each([
  ['T7', 1488],
  ['T3', 1974],
  ['T6', 4107],
] as const)('%s with seed 1234 is in bucket %i', (id, bucket) => {
  expect(createHash(1234)(Buffer.from(ids[id], 'hex')) & 16383).toBe(bucket);
});

it.each([
  [0.01, 1, 'fffc'],
  [0.1, 16, 'ffc'],
  [1, 163, 'fd74'],
  [10, 1638, 'e668'],
  [15, 2457, 'd99c'],
  [25, 4096, 'c'],
  [33.333, 5461, 'aaac'],
  [50, 8192, '8'],
  [99, 16220, '029'],
  [100, 16384, '0'],
  [1000, 16384, '0'],
])('%d %% keeps %i buckets, with threshold %s', (percentage, buckets, text) => {
  expect(bucketsOf(Math.fround(percentage))).toBe(buckets);
  expect(formatThreshold(bucketThreshold(buckets))).toBe(text);
});

it('0.006 % keeps none', () => {
  expect(bucketsOf(Math.fround(0.006))).toBe(0);
  expect(bucketThreshold(0)).toBe(never);
});
