import { duration, type Duration } from '@tributary/component';
import { z } from 'zod';
import { isStateful, policiesSchema, type Policy, type PolicyConfig } from './policies/config.js';

/** Which traces are kept, and how long is waited for their spans. Keys and defaults are the Collector's, unless said otherwise. */
export interface TailSamplingConfig {
  /**
   * What decides, each policy with a name of its own. A trace is dropped if a `drop` policy says so, else kept if
   * any policy keeps it. An empty list keeps nothing.
   */
  readonly policies: readonly PolicyConfig[];
  /**
   * How long to wait for the spans of a trace, from its first, as a Go duration. Whole seconds count, at least
   * one; decided is within the second after. Default `'30s'`.
   */
  readonly decision_wait?: Duration | undefined;
  /**
   * How long to wait from when the root span has come, where that is sooner. Whole seconds count; less than one
   * is "at the next second". `'0s'` is off. Default `'0s'`.
   */
  readonly decision_wait_after_root_received?: Duration | undefined;
  /** Most traces that wait for a decision. Default `50000`. */
  readonly num_traces?: number | undefined;
  /**
   * When there is no room for a new trace: have the caller wait, rather than decide early about the oldest one.
   * Default `false`.
   */
  readonly block_on_overflow?: boolean | undefined;
  /** New traces a second to be ready for; a hint for the size of the first tables. Default `0`. */
  readonly expected_new_traces_per_sec?: number | undefined;
  /**
   * How many decisions are remembered for spans that come late: 0 is as many as `num_traces`, which is what the
   * Collector remembers where it has no caches.
   */
  readonly decision_cache?: DecisionCacheConfig | undefined;
  /** Ask no further policy once one keeps the trace. Default `false`. */
  readonly sample_on_first_match?: boolean | undefined;
  /**
   * `trace-complete` decides about whole traces. `span-ingest` asks the policies whenever spans come, about these
   * alone, and lets a trace go as soon as one keeps it. Default `'trace-complete'`.
   */
  readonly sampling_strategy?: 'trace-complete' | 'span-ingest' | undefined;
  /** At the end, drop the traces that wait instead of deciding about them. Default `false`. */
  readonly drop_pending_traces_on_shutdown?: boolean | undefined;
  /** Bytes, as protobuf, above which a trace is dropped at once. 0 is no limit. Default `0`. */
  readonly maximum_trace_size_bytes?: number | undefined;
  /** For the Collector's event loops, up to 256. There is one here, whatever it says. Default `1`. */
  readonly num_shards?: number | undefined;
  /**
   * Bytes that may be held: traces that wait for a decision, and kept ones that the next consumer does not take.
   * Above it the oldest are decided early, and then callers refused. 0 is a quarter of the memory limit. Ours.
   * Default `0`.
   */
  readonly max_bytes?: number | undefined;
  /** Why traces were kept or not. Ours. */
  readonly why?: WhyConfig | undefined;
  /** Policies that are asked as well, of which only the difference is told. Ours. */
  readonly shadow?: ShadowConfig | undefined;
  /**
   * Mark what is kept with the policy that kept it: `tailsampling.policy` on scopes. The Collector has a feature gate
   * for it. Ours. Default `false`.
   */
  readonly record_policy?: boolean | undefined;
}

/** How many decisions are remembered. */
export interface DecisionCacheConfig {
  /** Traces that were kept. Default (ours; the Collector has none) four times `num_traces`. */
  readonly sampled_cache_size?: number | undefined;
  /** Traces that were not. Default (ours; the Collector has none) four times `num_traces`. */
  readonly non_sampled_cache_size?: number | undefined;
}

/** What is remembered of decisions. */
export interface WhyConfig {
  /** Decisions that are remembered with their reasons, for `tributary why`. 0 remembers none. Default `1000000`. */
  readonly max_records?: number | undefined;
}

/** What is asked as well. */
export interface ShadowConfig {
  /** As `policies`. Default `[]`, none. */
  readonly policies?: readonly PolicyConfig[] | undefined;
}

/** A {@link TailSamplingConfig} completed. */
export interface Completed {
  readonly policies: readonly Policy[];
  /** Whole seconds, at least 1. */
  readonly decision_wait: number;
  /** Whole seconds; -1 is off. */
  readonly decision_wait_after_root_received: number;
  readonly num_traces: number;
  readonly block_on_overflow: boolean;
  readonly expected_new_traces_per_sec: number;
  readonly decision_cache: { readonly sampled_cache_size: number; readonly non_sampled_cache_size: number };
  readonly sample_on_first_match: boolean;
  readonly sampling_strategy: 'trace-complete' | 'span-ingest';
  readonly drop_pending_traces_on_shutdown: boolean;
  readonly maximum_trace_size_bytes: number;
  readonly num_shards: number;
  readonly max_bytes: number;
  readonly why: { readonly max_records: number };
  readonly shadow: { readonly policies: readonly Policy[] };
  readonly record_policy: boolean;
}

/** Tables of so many entries are as large as typed arrays are allowed to be here. */
const maxEntries = 2 ** 24;
const cacheFactor = 4;
const count = z.int().min(0);
const entries = count.max(maxEntries);
const seconds = (ms: number): number => Math.trunc(ms / 1000);

export const schema: z.ZodType<Completed, TailSamplingConfig> = z
  .strictObject({
    policies: policiesSchema,
    decision_wait: duration()
      .transform((ms) => Math.max(1, seconds(ms)))
      .default(30),
    decision_wait_after_root_received: duration()
      .transform((ms) => (ms > 0 ? seconds(ms) : -1))
      .default(-1),
    num_traces: z.int().min(1).max(maxEntries).default(50_000),
    block_on_overflow: z.boolean().default(false),
    expected_new_traces_per_sec: count.default(0),
    decision_cache: z
      .strictObject({ sampled_cache_size: entries.optional(), non_sampled_cache_size: entries.optional() })
      .prefault({}),
    sample_on_first_match: z.boolean().default(false),
    sampling_strategy: z.enum(['trace-complete', 'span-ingest']).default('trace-complete'),
    drop_pending_traces_on_shutdown: z.boolean().default(false),
    maximum_trace_size_bytes: count.default(0),
    num_shards: count.max(256).default(1),
    tail_storage: z.undefined({ error: 'is not there: traces wait in memory, within max_bytes' }).optional(),
    max_bytes: count.default(0),
    why: z.strictObject({ max_records: entries.default(1_000_000) }).prefault({}),
    shadow: z.strictObject({ policies: policiesSchema.default([]) }).prefault({}),
    record_policy: z.boolean().default(false),
  })
  .superRefine(({ sampling_strategy: strategy, policies, shadow }, context) => {
    if (strategy !== 'span-ingest') return;
    if (shadow.policies.length > 0) {
      const message = 'looks at whole traces, and cannot be used with sampling_strategy span-ingest';
      context.addIssue({ code: 'custom', path: ['shadow', 'policies'], message });
    }
    const check = (list: readonly Policy[], path: readonly string[]): void =>
      list.forEach((policy, i) => {
        if (!isStateful(policy)) return;
        const message = `${policy.type} looks at whole traces, and cannot be used with sampling_strategy span-ingest`;
        context.addIssue({ code: 'custom', path: [...path, i, 'type'], message });
      });
    check(policies, ['policies']);
    check(shadow.policies, ['shadow', 'policies']);
  })
  .transform(({ tail_storage: _, decision_cache: cache, ...config }) => {
    const size = Math.min(maxEntries, config.num_traces * cacheFactor);
    return {
      ...config,
      decision_cache: {
        sampled_cache_size: (cache.sampled_cache_size ?? size) || config.num_traces,
        non_sampled_cache_size: (cache.non_sampled_cache_size ?? size) || config.num_traces,
      },
    };
  });
