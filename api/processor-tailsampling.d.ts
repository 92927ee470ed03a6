// @tributary/processor-tailsampling: what the package exports, written by scripts/api.mjs.
import { Duration, ProcessorFactory } from '@tributary/component';

export type PolicyConfig = {
  readonly name: string;
} & (LeafConfig | AndConfig | NotConfig | DropConfig | CompositeConfig);
export interface ShadowAnswer {
  readonly keptByBoth: Amount;
  readonly keptByPoliciesOnly: Amount;
  readonly keptByShadowOnly: Amount;
  readonly keptByNeither: Amount;
  readonly differences: readonly (Amount & {
    readonly policy: string;
    readonly shadowPolicy: string;
  })[];
  readonly text: readonly string[];
}
export type SubPolicyConfig = {
  readonly name?: string | undefined;
} & (LeafConfig | NotConfig);
export interface TailSamplingConfig {
  readonly policies: readonly PolicyConfig[];
  readonly decision_wait?: Duration | undefined;
  readonly decision_wait_after_root_received?: Duration | undefined;
  readonly num_traces?: number | undefined;
  readonly block_on_overflow?: boolean | undefined;
  readonly expected_new_traces_per_sec?: number | undefined;
  readonly decision_cache?: DecisionCacheConfig | undefined;
  readonly sample_on_first_match?: boolean | undefined;
  readonly sampling_strategy?: 'trace-complete' | 'span-ingest' | undefined;
  readonly drop_pending_traces_on_shutdown?: boolean | undefined;
  readonly maximum_trace_size_bytes?: number | undefined;
  readonly num_shards?: number | undefined;
  readonly max_bytes?: number | undefined;
  readonly why?: WhyConfig | undefined;
  readonly shadow?: ShadowConfig | undefined;
  readonly record_policy?: boolean | undefined;
}
export interface WhyAnswer {
  readonly trace: string;
  readonly state: 'decided' | 'waiting' | 'forgotten' | 'unknown';
  readonly decisions: readonly WhyDecision[];
  readonly dueInS?: number;
  readonly text: readonly string[];
}
export interface WhyDecision {
  readonly time: string;
  readonly trigger: Trigger;
  readonly verdict: Verdict;
  readonly policy?: string;
  readonly subPolicy?: string;
  readonly spans: number;
  readonly bytes: number;
  readonly lateSpans: number;
  readonly votes: readonly {
    readonly policy: string;
    readonly type: string;
    readonly vote: string;
    readonly why: string;
  }[];
  readonly shadow?: Verdict;
  readonly shadowPolicy?: string;
  readonly shadowSubPolicy?: string;
}
export interface WhyListing {
  readonly decisions: readonly (WhyDecision & {
    readonly trace: string;
  })[];
  readonly next: number;
  readonly forgotten: number;
}
export declare const tailSampling: ProcessorFactory<TailSamplingConfig, 'traces'>;
export declare function why(
  collector: Asked,
  traceId: string,
): Promise<
  readonly (WhyAnswer & {
    readonly component: string;
  })[]
>;

// Not exported, but referred to above.
interface AlwaysSampleConfig {
  readonly type: 'always_sample';
  readonly always_sample?: {} | null | undefined;
}
interface Amount {
  readonly traces: number;
  readonly spans: number;
  readonly bytes: number;
}
interface AndConfig {
  readonly type: 'and';
  readonly and: {
    readonly and_sub_policy?: readonly SubPolicyConfig[] | undefined;
  };
}
interface Asked {
  ask(
    topic: string,
    query: Readonly<Record<string, string>>,
  ): Promise<
    readonly {
      readonly component: string;
      readonly answer: unknown;
      readonly error?: string;
    }[]
  >;
}
interface BooleanAttributeConfig {
  readonly type: 'boolean_attribute';
  readonly boolean_attribute: {
    readonly key: string;
    readonly value?: boolean | undefined;
    readonly invert_match?: boolean | undefined;
  };
}
interface BytesLimitingConfig {
  readonly type: 'bytes_limiting';
  readonly bytes_limiting?:
    | {
        readonly bytes_per_second?: number | undefined;
        readonly burst_capacity?: number | undefined;
      }
    | null
    | undefined;
}
interface CompositeConfig {
  readonly type: 'composite';
  readonly composite: {
    readonly max_total_spans_per_second?: number | undefined;
    readonly policy_order?: readonly string[] | undefined;
    readonly composite_sub_policy?:
      | readonly ({
          readonly name: string;
        } & (LeafConfig | NotConfig | AndConfig))[]
      | undefined;
    readonly rate_allocation?:
      | readonly {
          readonly policy: string;
          readonly percent?: number | undefined;
        }[]
      | undefined;
  };
}
interface DecisionCacheConfig {
  readonly sampled_cache_size?: number | undefined;
  readonly non_sampled_cache_size?: number | undefined;
}
interface DropConfig {
  readonly type: 'drop';
  readonly drop: {
    readonly drop_sub_policy?: readonly SubPolicyConfig[] | undefined;
  };
}
interface LatencyConfig {
  readonly type: 'latency';
  readonly latency?:
    | {
        readonly threshold_ms?: number | undefined;
        readonly upper_threshold_ms?: number | undefined;
      }
    | null
    | undefined;
}
type LeafConfig =
  | AlwaysSampleConfig
  | LatencyConfig
  | NumericAttributeConfig
  | ProbabilisticConfig
  | StatusCodeConfig
  | StringAttributeConfig
  | BooleanAttributeConfig
  | TraceStateConfig
  | TraceFlagsConfig
  | SpanCountConfig
  | RateLimitingConfig
  | BytesLimitingConfig;
interface NotConfig {
  readonly type: 'not';
  readonly not: {
    readonly not_sub_policy: {
      readonly name?: string | undefined;
    } & LeafConfig;
  };
}
interface NumericAttributeConfig {
  readonly type: 'numeric_attribute';
  readonly numeric_attribute: {
    readonly key: string;
    readonly min_value?: number | bigint | undefined;
    readonly max_value?: number | bigint | undefined;
    readonly invert_match?: boolean | undefined;
  };
}
interface ProbabilisticConfig {
  readonly type: 'probabilistic';
  readonly probabilistic?:
    | {
        readonly sampling_percentage?: number | undefined;
        readonly hash_salt?: string | undefined;
      }
    | null
    | undefined;
}
interface RateLimitingConfig {
  readonly type: 'rate_limiting';
  readonly rate_limiting?:
    | {
        readonly spans_per_second?: number | undefined;
        readonly burst_capacity?: number | undefined;
      }
    | null
    | undefined;
}
interface ShadowConfig {
  readonly policies?: readonly PolicyConfig[] | undefined;
}
interface SpanCountConfig {
  readonly type: 'span_count';
  readonly span_count?:
    | {
        readonly min_spans?: number | undefined;
        readonly max_spans?: number | undefined;
      }
    | null
    | undefined;
}
interface StatusCodeConfig {
  readonly type: 'status_code';
  readonly status_code: {
    readonly status_codes: readonly ('OK' | 'ERROR' | 'UNSET')[];
  };
}
interface StringAttributeConfig {
  readonly type: 'string_attribute';
  readonly string_attribute: {
    readonly key: string;
    readonly values: readonly string[];
    readonly enabled_regex_matching?: boolean | undefined;
    readonly cache_max_size?: number | undefined;
    readonly invert_match?: boolean | undefined;
  };
}
interface TraceFlagsConfig {
  readonly type: 'trace_flags';
  readonly trace_flags?: {} | null | undefined;
}
interface TraceStateConfig {
  readonly type: 'trace_state';
  readonly trace_state: {
    readonly key: string;
    readonly values: readonly string[];
  };
}
type Trigger = (typeof triggers)[number];
type Verdict = 'sampled' | 'not_sampled' | 'dropped';
interface WhyConfig {
  readonly max_records?: number | undefined;
}
declare const triggers: readonly ['timer', 'root', 'size', 'eviction', 'shutdown', 'ingest'];
