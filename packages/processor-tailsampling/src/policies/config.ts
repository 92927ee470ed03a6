import { nearest } from '@tributary/component';
import { pattern } from '@tributary/patterns';
import { z } from 'zod';

/** A policy of the list: its name, its type, and what the type is told under the key of that name. */
export type PolicyConfig = { readonly name: string } & (
  LeafConfig | AndConfig | NotConfig | DropConfig | CompositeConfig
);

/** A policy within `and`, `not`, `drop`. */
export type SubPolicyConfig = { readonly name?: string | undefined } & (LeafConfig | NotConfig);

/** A policy that looks at traces itself. */
export type LeafConfig =
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

/** Keeps every trace. */
export interface AlwaysSampleConfig {
  readonly type: 'always_sample';
  readonly always_sample?: {} | null | undefined;
}

/** Keeps traces that last longer than a threshold, from the first start to the last end, in whole milliseconds. */
export interface LatencyConfig {
  readonly type: 'latency';
  readonly latency?:
    | {
        /** Kept where the trace lasts longer. Default `0`. */
        readonly threshold_ms?: number | undefined;
        /** And not longer than this. 0 is no limit. Default `0`. */
        readonly upper_threshold_ms?: number | undefined;
      }
    | null
    | undefined;
}

/** Keeps traces in which an attribute that is a whole number lies within bounds, both inclusive. */
export interface NumericAttributeConfig {
  readonly type: 'numeric_attribute';
  readonly numeric_attribute: {
    readonly key: string;
    /** 0 is no bound. One of the two is needed. Default `0`. */
    readonly min_value?: number | bigint | undefined;
    /** 0 is no bound. Default `0`. */
    readonly max_value?: number | bigint | undefined;
    /** Keeps traces in which none does. Default `false`. */
    readonly invert_match?: boolean | undefined;
  };
}

/** Keeps a share of traces, by a hash of the trace ID: the same ones in every collector with that salt. */
export interface ProbabilisticConfig {
  readonly type: 'probabilistic';
  readonly probabilistic?:
    | {
        /** Per cent. Default `0`. */
        readonly sampling_percentage?: number | undefined;
        /** Default `'default-hash-seed'`. */
        readonly hash_salt?: string | undefined;
      }
    | null
    | undefined;
}

/** Keeps traces with a span of one of these statuses. */
export interface StatusCodeConfig {
  readonly type: 'status_code';
  readonly status_code: { readonly status_codes: readonly ('OK' | 'ERROR' | 'UNSET')[] };
}

/** Keeps traces in which an attribute has one of these texts, or one that matches. */
export interface StringAttributeConfig {
  readonly type: 'string_attribute';
  readonly string_attribute: {
    readonly key: string;
    readonly values: readonly string[];
    /** The values are regular expressions of RE2, not anchored. Default `false`. */
    readonly enabled_regex_matching?: boolean | undefined;
    /** How many texts are remembered with what the expressions said of them. 0 is 128. Default `0`. */
    readonly cache_max_size?: number | undefined;
    /** Keeps traces in which none does. Default `false`. */
    readonly invert_match?: boolean | undefined;
  };
}

/** Keeps traces in which an attribute is true, or false. */
export interface BooleanAttributeConfig {
  readonly type: 'boolean_attribute';
  readonly boolean_attribute: {
    readonly key: string;
    /** Default `false`. */
    readonly value?: boolean | undefined;
    /** Keeps traces in which none is. Default `false`. */
    readonly invert_match?: boolean | undefined;
  };
}

/** Keeps traces with a span whose W3C tracestate has a key with one of these values. */
export interface TraceStateConfig {
  readonly type: 'trace_state';
  readonly trace_state: { readonly key: string; readonly values: readonly string[] };
}

/** Keeps traces with a span whose W3C flags say that it was sampled. */
export interface TraceFlagsConfig {
  readonly type: 'trace_flags';
  readonly trace_flags?: {} | null | undefined;
}

/** Keeps traces by their number of spans, bounds inclusive. */
export interface SpanCountConfig {
  readonly type: 'span_count';
  readonly span_count?:
    | {
        /** Default `0`. */
        readonly min_spans?: number | undefined;
        /** 0 is no limit. Default `0`. */
        readonly max_spans?: number | undefined;
      }
    | null
    | undefined;
}

/** Keeps traces while a bucket has a token for each of their spans. */
export interface RateLimitingConfig {
  readonly type: 'rate_limiting';
  readonly rate_limiting?:
    | {
        /** Tokens that come in a second. Default `0`. */
        readonly spans_per_second?: number | undefined;
        /** What the bucket holds; larger traces never pass. 0 is twice the rate. Default `0`. */
        readonly burst_capacity?: number | undefined;
      }
    | null
    | undefined;
}

/** Keeps traces while a bucket has a token for each of their bytes, as protobuf. */
export interface BytesLimitingConfig {
  readonly type: 'bytes_limiting';
  readonly bytes_limiting?:
    | {
        /** Tokens that come in a second. Default `0`. */
        readonly bytes_per_second?: number | undefined;
        /** What the bucket holds; larger traces never pass. 0 is twice the rate. Default `0`. */
        readonly burst_capacity?: number | undefined;
      }
    | null
    | undefined;
}

/** Keeps what all of its policies keep. */
export interface AndConfig {
  readonly type: 'and';
  readonly and: { readonly and_sub_policy?: readonly SubPolicyConfig[] | undefined };
}

/** Keeps what its policy does not keep. */
export interface NotConfig {
  readonly type: 'not';
  readonly not: { readonly not_sub_policy: { readonly name?: string | undefined } & LeafConfig };
}

/** Drops what all of its policies keep, whatever any other policy says. */
export interface DropConfig {
  readonly type: 'drop';
  readonly drop: { readonly drop_sub_policy?: readonly SubPolicyConfig[] | undefined };
}

/** Shares a number of spans a second among policies. The first that keeps a trace decides. */
export interface CompositeConfig {
  readonly type: 'composite';
  readonly composite: {
    readonly max_total_spans_per_second?: number | undefined;
    /** Names, in the order in which they are asked; those that it leaves out follow. Default as they are listed. */
    readonly policy_order?: readonly string[] | undefined;
    readonly composite_sub_policy?:
      readonly ({ readonly name: string } & (LeafConfig | NotConfig | AndConfig))[] | undefined;
    /** Per cent of the total for each; one that is not named, or has 0, gets an equal share. */
    readonly rate_allocation?:
      readonly { readonly policy: string; readonly percent?: number | undefined }[] | undefined;
  };
}

/** What the types of leaves are told, completed. */
interface Sections {
  readonly always_sample: {};
  readonly latency: { readonly threshold_ms: number; readonly upper_threshold_ms: number };
  readonly numeric_attribute: {
    readonly key: string;
    readonly min_value: number | bigint;
    readonly max_value: number | bigint;
    readonly invert_match: boolean;
  };
  readonly probabilistic: { readonly sampling_percentage: number; readonly hash_salt: string };
  readonly status_code: { readonly status_codes: readonly ('OK' | 'ERROR' | 'UNSET')[] };
  readonly string_attribute: {
    readonly key: string;
    readonly values: readonly string[];
    readonly enabled_regex_matching: boolean;
    readonly cache_max_size: number;
    readonly invert_match: boolean;
  };
  readonly boolean_attribute: {
    readonly key: string;
    readonly value: boolean;
    readonly invert_match: boolean;
  };
  readonly trace_state: { readonly key: string; readonly values: readonly string[] };
  readonly trace_flags: {};
  readonly span_count: { readonly min_spans: number; readonly max_spans: number };
  readonly rate_limiting: { readonly spans_per_second: number; readonly burst_capacity: number };
  readonly bytes_limiting: { readonly bytes_per_second: number; readonly burst_capacity: number };
}

const count = z.int().min(0);
const key = z.string().min(1);

/** A section that may be left out, as `{}` then. */
function orEmpty<Z extends z.ZodType>(schema: Z): z.ZodType<z.output<Z>> {
  return z.preprocess((value) => value ?? {}, schema) as never;
}

const int64 = z.union([
  z.int(),
  z
    .bigint()
    .min(-(2n ** 63n))
    .max(2n ** 63n - 1n),
]);

const sections: { readonly [T in keyof Sections]: z.ZodType<Sections[T]> } = {
  always_sample: orEmpty(z.strictObject({})),
  latency: orEmpty(
    z.strictObject({ threshold_ms: z.int().default(0), upper_threshold_ms: z.int().default(0) }),
  ),
  numeric_attribute: z
    .strictObject({
      key,
      min_value: int64.default(0),
      max_value: int64.default(0),
      invert_match: z.boolean().default(false),
    })
    .refine(({ min_value: min, max_value: max }) => BigInt(min) !== 0n || BigInt(max) !== 0n, {
      message: 'needs min_value or max_value (0 is no bound)',
    }),
  probabilistic: orEmpty(
    z.strictObject({ sampling_percentage: z.number().default(0), hash_salt: z.string().default('') }),
  ),
  status_code: z.strictObject({
    status_codes: z
      .array(z.enum(['OK', 'ERROR', 'UNSET']))
      .min(1)
      .readonly(),
  }),
  string_attribute: z
    .strictObject({
      key,
      values: z.array(z.string()).min(1).readonly(),
      enabled_regex_matching: z.boolean().default(false),
      cache_max_size: count.default(0),
      invert_match: z.boolean().default(false),
    })
    .superRefine(({ values, enabled_regex_matching: isRegex }, context) => {
      if (!isRegex) return;
      values.forEach((value, i) => {
        for (const { message } of pattern().safeParse(value).error?.issues ?? []) {
          context.addIssue({ code: 'custom', path: ['values', i], message });
        }
      });
    }),
  boolean_attribute: z.strictObject({
    key,
    value: z.boolean().default(false),
    invert_match: z.boolean().default(false),
  }),
  trace_state: z.strictObject({ key, values: z.array(z.string()).min(1).readonly() }),
  trace_flags: orEmpty(z.strictObject({})),
  span_count: orEmpty(z.strictObject({ min_spans: z.int().default(0), max_spans: z.int().default(0) })),
  rate_limiting: orEmpty(
    z.strictObject({ spans_per_second: count.default(0), burst_capacity: count.default(0) }),
  ),
  bytes_limiting: orEmpty(
    z.strictObject({ bytes_per_second: count.default(0), burst_capacity: count.default(0) }),
  ),
};

/** Completed, as the other types below. */
export type Leaf = {
  readonly [T in keyof Sections]: { readonly name: string; readonly type: T } & {
    readonly [Key in T]: Sections[T];
  };
}[keyof Sections];
export interface Not {
  readonly name: string;
  readonly type: 'not';
  readonly not: { readonly not_sub_policy: Leaf };
}
export interface And {
  readonly name: string;
  readonly type: 'and';
  readonly and: { readonly and_sub_policy: readonly (Leaf | Not)[] };
}
export interface Drop {
  readonly name: string;
  readonly type: 'drop';
  readonly drop: { readonly drop_sub_policy: readonly (Leaf | Not)[] };
}
export interface Composite {
  readonly name: string;
  readonly type: 'composite';
  readonly composite: {
    readonly max_total_spans_per_second: number;
    readonly policy_order: readonly string[];
    readonly composite_sub_policy: readonly (Leaf | Not | And)[];
    readonly rate_allocation: readonly { readonly policy: string; readonly percent: number }[];
  };
}
export type Policy = Leaf | Not | And | Drop | Composite;

const givenName = z.string().min(1);
const anyName = z.string().default('');

function option(name: z.ZodType<string>, type: string, section: z.ZodType): z.ZodObject {
  return z.strictObject({ name, type: z.literal(type), [type]: section });
}

/** One of these, told by its `type`. */
function oneOf(options: readonly z.ZodObject[]): z.ZodType {
  const known = options.map(({ shape }) => (shape.type as z.ZodLiteral<string>).value);
  return z.discriminatedUnion('type', options as never, {
    error: ({ code, input }) => (code === 'invalid_union' ? typeProblem(input, known) : undefined),
  });
}

function typeProblem(policy: unknown, known: readonly string[]): string {
  const type = (policy as { readonly type?: unknown }).type;
  if (type === undefined) return 'is required';
  if (type === 'ottl_condition') {
    return 'ottl_condition is not there yet: it needs OTTL; use string_attribute, numeric_attribute, latency or status_code';
  }
  const meant = typeof type === 'string' ? nearest(type, known) : undefined;
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return `must be one of ${known.map((name) => JSON.stringify(name)).join(', ')}, got ${JSON.stringify(type)}${hint}`;
}

function leaves(name: z.ZodType<string>): z.ZodObject[] {
  return Object.entries(sections).map(([type, section]) => option(name, type, section));
}

function not(name: z.ZodType<string>): z.ZodObject {
  return option(name, 'not', z.strictObject({ not_sub_policy: oneOf(leaves(anyName)) }));
}

function allOf(name: z.ZodType<string>, type: 'and' | 'drop'): z.ZodObject {
  const parts = z.array(oneOf([...leaves(anyName), not(anyName)]));
  return option(name, type, z.strictObject({ [`${type}_sub_policy`]: parts.readonly().default([]) }));
}

const compositeSection = z
  .strictObject({
    max_total_spans_per_second: count.default(0),
    policy_order: z.array(z.string()).readonly().default([]),
    composite_sub_policy: z
      .array(oneOf([...leaves(givenName), not(givenName), allOf(givenName, 'and')]))
      .superRefine(checkNames)
      .readonly()
      .default([]),
    rate_allocation: z
      .array(z.strictObject({ policy: z.string(), percent: z.number().default(0) }))
      .readonly()
      .default([]),
  })
  .superRefine(({ policy_order: order, composite_sub_policy: parts, rate_allocation: rates }, context) => {
    const names = (parts as readonly { readonly name: string }[]).map(({ name }) => name);
    const check = (list: readonly string[], path: (i: number) => (string | number)[]): void =>
      list.forEach((name, i) => {
        const isTwice = list.indexOf(name) < i;
        if (names.includes(name) && !isTwice) return;
        const message = isTwice
          ? `${JSON.stringify(name)} is there already`
          : `no composite_sub_policy is called ${JSON.stringify(name)}`;
        context.addIssue({ code: 'custom', path: path(i), message });
      });
    check(order, (i) => ['policy_order', i]);
    check(
      rates.map(({ policy }) => policy),
      (i) => ['rate_allocation', i, 'policy'],
    );
  });

function checkNames(policies: readonly unknown[], context: z.RefinementCtx): void {
  const names = (policies as readonly { readonly name: string }[]).map(({ name }) => name);
  names.forEach((name, i) => {
    if (names.indexOf(name) === i) return;
    const message = `${JSON.stringify(name)} is the name of another policy`;
    context.addIssue({ code: 'custom', path: [i, 'name'], message });
  });
}

/** A list of policies. */
export const policiesSchema: z.ZodType<readonly Policy[], readonly PolicyConfig[]> = z
  .array(
    oneOf([
      ...leaves(givenName),
      not(givenName),
      allOf(givenName, 'and'),
      allOf(givenName, 'drop'),
      option(givenName, 'composite', compositeSection),
    ]),
  )
  .superRefine(checkNames)
  .readonly() as never;

/** Whether it decides by more than the spans at hand, so that it must not see the fragments of a trace one by one. */
export function isStateful(policy: Policy): boolean {
  switch (policy.type) {
    case 'rate_limiting':
    case 'bytes_limiting':
      return true;
    case 'latency':
      return policy.latency.upper_threshold_ms > 0;
    case 'not':
      return isStateful(policy.not.not_sub_policy);
    case 'and':
      return policy.and.and_sub_policy.some(isStateful);
    case 'drop':
      return policy.drop.drop_sub_policy.some(isStateful);
    case 'composite':
      return policy.composite.composite_sub_policy.some(isStateful);
    default:
      return false;
  }
}
