import { z } from 'zod';

/** Which share of items is kept, and by which chance. Keys and defaults are the Collector's, unless said otherwise. */
export interface ProbabilisticSamplerConfig {
  /** How many per cent are kept, in single precision: 100 and more is all, 0 is none. Default `0`. */
  readonly sampling_percentage?: number | undefined;
  /**
   * What the hash of mode `hash_seed` begins with, below 2^32. Collectors that are to keep the same items need the
   * same; tiers that are to keep a share of a share need different ones, and `already_sampled`. Default `0`.
   */
  readonly hash_seed?: number | undefined;
  /**
   * `hash_seed` (or empty) hashes the trace ID. `equalizing` and `proportional` go by the randomness that all consistent
   * samplers of a trace share, and by the `th` with which an item comes: the first brings all items to
   * the percentage, the second keeps that percentage of what comes. Default `'hash_seed'`.
   */
  readonly mode?: '' | 'hash_seed' | 'equalizing' | 'proportional' | undefined;
  /**
   * Whether items are dropped that cannot be decided about: without randomness, with a tracestate that cannot be
   * read, with a `th` that cannot be true, or sampled before (`already_sampled`). Default `true`.
   */
  readonly fail_closed?: boolean | undefined;
  /**
   * Hexadecimal digits of the thresholds of `equalizing`, `proportional` and `sampling_priority`, from 1 to 14;
   * leading `0` and `f` do not count. Default `4`.
   */
  readonly sampling_precision?: number | undefined;
  /**
   * What becomes of items that an SDK or another collector has sampled, where the mode is `hash_seed`: they carry `rv` or
   * `th`. `error` leaves it to `fail_closed`; `equalizing` and `proportional` treat them as these modes do. Ours. Default
   * `'error'`.
   */
  readonly already_sampled?: 'error' | 'equalizing' | 'proportional' | undefined;
  /**
   * Of logs, in mode `hash_seed`: hash the trace ID, or with `record` the attribute of `from_attribute`. Default
   * `'traceID'`.
   */
  readonly attribute_source?: 'traceID' | 'record' | undefined;
  /** Of logs, in mode `hash_seed`: the attribute that is hashed where there is no trace ID. Default `''`, none. */
  readonly from_attribute?: string | undefined;
  /**
   * Of logs: the attribute with a percentage, above 0 and up to 100, that goes before `sampling_percentage`. Default
   * `''`, none.
   */
  readonly sampling_priority?: string | undefined;
}

/** A {@link ProbabilisticSamplerConfig} completed. */
export interface Completed {
  /** In single precision. */
  readonly sampling_percentage: number;
  readonly hash_seed: number;
  readonly mode: 'hash_seed' | 'equalizing' | 'proportional';
  readonly fail_closed: boolean;
  readonly sampling_precision: number;
  readonly already_sampled: 'error' | 'equalizing' | 'proportional';
  readonly attribute_source: 'traceID' | 'record';
  readonly from_attribute: string;
  readonly sampling_priority: string;
}

/** Below this share, no threshold keeps anything. */
const smallestShare = 2 ** -56;

const percentage = z
  .number()
  .min(0)
  .refine((value) => value === 0 || isShare(Math.fround(value) / 100), {
    error: ({ input }) => `must be 0, or from ${smallestShare * 100} to 3.4e38, got ${String(input)}`,
  })
  .transform(Math.fround);

function isShare(share: number): boolean {
  return share >= smallestShare && share < Infinity;
}

export const schema: z.ZodType<Completed, ProbabilisticSamplerConfig> = z.strictObject({
  sampling_percentage: percentage.default(0),
  hash_seed: z.int().min(0).max(4_294_967_295).default(0),
  mode: z
    .enum(['', 'hash_seed', 'equalizing', 'proportional'])
    .transform((mode) => (mode === '' ? 'hash_seed' : mode))
    .default('hash_seed'),
  fail_closed: z.boolean().default(true),
  sampling_precision: z.int().min(1).max(14).default(4),
  already_sampled: z.enum(['error', 'equalizing', 'proportional']).default('error'),
  attribute_source: z.enum(['traceID', 'record']).default('traceID'),
  from_attribute: z.string().default(''),
  sampling_priority: z.string().default(''),
});
