import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { schema, type ProbabilisticSamplerConfig } from './config.js';
import { fromHex } from './consistent/bits56.js';
import { formatThreshold, isKept, parseThreshold } from './consistent/threshold.js';
import { newDecision, newItem, type Decision } from './decision.js';
import { createSampler } from './samplers.js';

const full = 2n ** 56n;
const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
const digits14 = fc.bigInt({ min: 0n, max: full - 1n }).map((value) => value.toString(16).padStart(14, '0'));
const text = fc.tuple(digits14, fc.integer({ min: 1, max: 14 })).map(([all, length]) => all.slice(0, length));
const percentage = fc.oneof(
  fc.float({ min: Math.fround(1e-5), max: 100, noNaN: true }),
  fc.constantFrom(0.1, 1, 10, 25, 33.333, 50, 99, 99.9, 100),
);
const modes = ['hash_seed', 'equalizing', 'proportional'] as const;

interface Given {
  readonly traceId: Uint8Array;
  readonly rv?: string | undefined;
  readonly th?: string | undefined;
}

function decide(config: ProbabilisticSamplerConfig, { traceId, rv, th }: Given): Decision {
  const item = newItem();
  item.traceId = item.key = traceId;
  item.marks = {
    randomness: rv === undefined ? undefined : fromHex(rv),
    threshold: th === undefined ? undefined : parseThreshold(th),
  };
  const decision = newDecision();
  createSampler(schema.parse(config))(item, decision);
  return decision;
}

const keeps = (config: ProbabilisticSamplerConfig, given: Given): boolean => {
  const { threshold, randomness } = decide(config, given);
  return isKept(threshold, randomness);
};

/** `value` rounded half up to a multiple of `unit`. */
const rounded = (value: bigint, unit: bigint): bigint => ((value * 2n + unit) / (unit * 2n)) * unit;

/** Zeros that a fraction begins with in hexadecimal. */
function leadingZeros(fraction: number): number {
  let zeros = 0;
  for (let rest = fraction; rest * 16 < 1 && rest > 0; rest *= 16) zeros++;
  return zeros;
}

/** The threshold of a probability; `undefined` where it is too small for one. */
function thresholdOf(probability: number, precision: number): bigint | undefined {
  if (probability < 2 ** -56) return undefined;
  if (probability === 1) return 0n;
  const digits = Math.min(14, precision + Math.max(leadingZeros(probability), leadingZeros(1 - probability)));
  // Rounds half up: of any y, that is (floor(2y) + 1) / 2, cut off.
  const scaled = (BigInt(Math.floor(probability * 2 ** 57)) + 1n) / 2n;
  return rounded(full - scaled, 16n ** BigInt(14 - digits));
}

/** What an item that comes with `th` is kept by, or `undefined` for never. */
function expected(
  mode: (typeof modes)[number],
  share: number,
  precision: number,
  th: bigint | undefined,
): bigint | undefined {
  if (mode === 'proportional') {
    return thresholdOf((th === undefined ? 1 : Number(full - th) / 2 ** 56) * share, precision);
  }
  const own = thresholdOf(share, precision)!;
  return th !== undefined && th > own ? th : own;
}

describe.each(['equalizing', 'proportional'] as const)('mode %s', (mode) => {
  it('decides and writes what integers of any length say', () => {
    assertProperty(
      fc.property(
        percentage,
        fc.integer({ min: 1, max: 14 }),
        bytes.filter((id) => id.some((byte) => byte > 0)),
        fc.option(digits14, { nil: undefined }),
        fc.option(text, { nil: undefined }),
        (sampling_percentage, sampling_precision, traceId, rv, th) => {
          const decision = decide({ mode, sampling_percentage, sampling_precision }, { traceId, rv, th });
          const randomness = BigInt(`0x${rv ?? Buffer.from(traceId).toString('hex').slice(18)}`);
          const earlier = th === undefined ? undefined : BigInt(`0x${th.padEnd(14, '0')}`);
          const threshold =
            earlier !== undefined && earlier > randomness
              ? undefined
              : expected(mode, Math.fround(sampling_percentage) / 100, sampling_precision, earlier);
          const isExpected = threshold !== undefined && threshold <= randomness;
          expect(isKept(decision.threshold, decision.randomness)).toBe(isExpected);
          if (!isExpected) return;
          const digits = threshold.toString(16).padStart(14, '0').replace(/0+$/, '');
          expect(formatThreshold(decision.threshold)).toBe(digits || '0');
        },
      ),
    );
  });
});

it('what a small percentage keeps, a larger one keeps too', () => {
  assertProperty(
    fc.property(
      fc.constantFrom(...modes),
      percentage,
      percentage,
      bytes,
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      (mode, one, other, traceId, hash_seed) => {
        const at = (sampling_percentage: number): boolean =>
          keeps({ mode, sampling_percentage, sampling_precision: 14, hash_seed }, { traceId });
        expect([at(Math.min(one, other)), at(Math.max(one, other))]).not.toEqual([true, false]);
      },
    ),
  );
});

it('all consistent samplers agree with the marks that hash_seed writes', () => {
  assertProperty(
    fc.property(percentage, bytes, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (share, traceId, hash_seed) => {
      const { threshold, randomness } = decide({ sampling_percentage: share, hash_seed }, { traceId });
      const hash = BigInt(randomness.high) * 2n ** 28n + BigInt(randomness.low);
      const bucket = Number(hash & 16383n);
      // What r < n says of the bucket r is what th <= rv says.
      expect(Number(hash >> 42n)).toBe(16383 - bucket);
      const kept = Math.trunc(Math.fround(Math.fround(share) * Math.fround(163.84)));
      expect(isKept(threshold, randomness)).toBe(bucket < kept);
    }),
  );
});

/** Trace IDs that are random by a seed: fast-check prefers small and repeated bytes. */
function* randomIds(seed: number, count: number): Generator<Uint8Array> {
  let state = seed | 1;
  for (let n = 0; n < count; n++) {
    const words = Uint32Array.from({ length: 4 }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      return (state ^= state << 5);
    });
    yield new Uint8Array(words.buffer);
  }
}

it('the share that is kept is the one that was asked for, within six standard deviations', () => {
  const count = 2000;
  assertProperty(
    fc.property(
      fc.constantFrom(...modes),
      fc.integer({ min: 1, max: 99 }),
      fc.integer(),
      (mode, sampling_percentage, seed) => {
        const sample = createSampler(schema.parse({ mode, sampling_percentage, hash_seed: seed >>> 0 }));
        const item = newItem();
        item.marks = { randomness: undefined, threshold: undefined };
        const decision = newDecision();
        let kept = 0;
        for (const id of randomIds(seed, count)) {
          item.traceId = item.key = id;
          sample(item, decision);
          if (isKept(decision.threshold, decision.randomness)) kept++;
        }
        const share = sampling_percentage / 100;
        const deviation = Math.sqrt(count * share * (1 - share));
        expect(Math.abs(kept - count * share)).toBeLessThan(6 * deviation);
      },
    ),
    0.05,
  );
});
