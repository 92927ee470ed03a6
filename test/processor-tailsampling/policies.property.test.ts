import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from '../../packages/pdata/test/oracle.js';
import { compilePolicies } from '../../packages/processor-tailsampling/src/policies/compile.js';
import {
  policiesSchema,
  type Policy,
  type PolicyConfig,
} from '../../packages/processor-tailsampling/src/policies/config.js';
import { votes, type Evaluator } from '../../packages/processor-tailsampling/src/policies/evaluator.js';
import { assertProperty } from '../support/property.js';
import {
  createOracle,
  shares,
  traceStates,
  type Attributes,
  type OracleSpan,
  type OracleTrace,
  type Value,
} from './policies-oracle.js';

const keys = ['k', 'n', `long.${'x'.repeat(130)}`] as const;
const texts = ['', '/health', '/healthz', 'ünï', 'value1', 'xvaly'] as const;
const patterns = ['val', '^/health$', '.*', 'ï$', 'a|z'] as const;
/** About the bounds, beyond what a double holds, and at the ends. */
const numbers = [
  0n,
  1n,
  -1n,
  49n,
  50n,
  51n,
  100n,
  101n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
] as const;
const bounds = [0, 1, -1, 50, 100, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)] as const;
const beginNanos = 1_764_000_000_000_000_000n;
/** Milliseconds about the thresholds. */
const durations = [0, 1, 4999, 5000, 5001, 10_000, 10_001] as const;
const thresholds = [0, 1, 5000, 10_000] as const;

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom(...texts).map((stringValue) => ({ stringValue })),
  fc.constantFrom(...numbers).map((intValue) => ({ intValue })),
  fc.boolean().map((boolValue) => ({ boolValue })),
  fc.constantFrom(0, 75.5, -1).map((doubleValue) => ({ doubleValue })),
  fc.constant(undefined),
);
const attributes: fc.Arbitrary<Attributes> = fc.dictionary(fc.constantFrom(...keys, 'm'), value, {
  maxKeys: 3,
});
const time = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0n) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...durations), fc.constantFrom(0n, 1n, 999_999n))
      .map(([ms, nanos]) => beginNanos + BigInt(ms) * 1_000_000n + nanos),
  },
);
const span: fc.Arbitrary<OracleSpan> = fc.record({
  start: fc.oneof(fc.constant(beginNanos), time),
  end: time,
  status: fc.constantFrom('UNSET', 'OK', 'ERROR'),
  flags: fc.constantFrom(0, 1, 0x100, 0x101, 0xffff_ffff, 2),
  traceState: fc.constantFrom(...Object.keys(traceStates)),
  attributes,
});
const trace: fc.Arbitrary<OracleTrace> = fc.record({
  id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((id) => Buffer.from(id)),
  byteLength: fc.nat(300),
  resources: fc.array(fc.record({ attributes, spans: fc.array(span, { minLength: 1, maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 2,
  }),
});

const key = fc.constantFrom(...keys);
const invert_match = fc.boolean();
const some = <T>(...values: readonly T[]): fc.Arbitrary<readonly T[]> =>
  fc.subarray([...values], { minLength: 1 });

/** What each type of leaf may be told. */
const sections = {
  always_sample: fc.constant({}),
  latency: fc.record({
    threshold_ms: fc.constantFrom(...thresholds),
    upper_threshold_ms: fc.constantFrom(...thresholds),
  }),
  numeric_attribute: fc
    .record({
      key,
      min_value: fc.constantFrom(...bounds),
      max_value: fc.constantFrom(...bounds),
      invert_match,
    })
    .filter(({ min_value: min, max_value: max }) => min !== 0 || max !== 0),
  probabilistic: fc.record({
    sampling_percentage: fc.constantFrom(...shares.keys()),
    hash_salt: fc.constantFrom('', 'my-salt', 'ü'),
  }),
  status_code: fc.record({ status_codes: some('OK', 'ERROR', 'UNSET') }),
  string_attribute: fc.boolean().chain((isRegex) =>
    fc.record({
      key,
      values: isRegex ? some<string>(...patterns) : some<string>(...texts),
      enabled_regex_matching: fc.constant(isRegex),
      cache_max_size: fc.constantFrom(0, 1),
      invert_match,
    }),
  ),
  boolean_attribute: fc.record({ key, value: fc.boolean(), invert_match }),
  trace_state: fc.record({ key: fc.constantFrom('a', 'b'), values: some('1', '2', 'x y') }),
  trace_flags: fc.constant({}),
  span_count: fc.record({ min_spans: fc.nat(4), max_spans: fc.nat(5) }),
  rate_limiting: fc.record({ spans_per_second: fc.nat(8), burst_capacity: fc.nat(6) }),
  bytes_limiting: fc.record({ bytes_per_second: fc.nat(400), burst_capacity: fc.nat(500) }),
};

type Loose = { readonly type: string } & Readonly<Record<string, unknown>>;
const leaf: fc.Arbitrary<Loose> = fc.oneof(
  ...Object.entries(sections).map(([type, section]) =>
    (section as fc.Arbitrary<object>).map((told): Loose => ({ type, [type]: told })),
  ),
);
const not = leaf.map((policy): Loose => ({ type: 'not', not: { not_sub_policy: policy } }));
const parts = fc.array(fc.oneof({ weight: 3, arbitrary: leaf }, not), { maxLength: 3 });
const and = parts.map((list): Loose => ({ type: 'and', and: { and_sub_policy: list } }));
const drop = parts.map((list): Loose => ({ type: 'drop', drop: { drop_sub_policy: list } }));
const named = (list: readonly Loose[]): readonly (Loose & { readonly name: string })[] =>
  list.map((policy, i) => ({ name: `p${i}`, ...policy }));
const composite = fc
  .array(fc.oneof({ weight: 2, arbitrary: leaf }, not, and), { minLength: 1, maxLength: 3 })
  .map(named)
  .chain((list) => {
    const names = list.map(({ name }) => name);
    return fc.record({
      max_total_spans_per_second: fc.nat(12),
      policy_order: fc.shuffledSubarray(names),
      composite_sub_policy: fc.constant(list),
      rate_allocation: fc
        .subarray(names)
        .chain((rated) =>
          fc.tuple(
            ...rated.map((policy) => fc.record({ policy: fc.constant(policy), percent: fc.nat(120) })),
          ),
        ),
    });
  })
  .map((told): Loose => ({ type: 'composite', composite: told }));
const policies = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: leaf },
      { weight: 1, arbitrary: not },
      { weight: 2, arbitrary: and },
      { weight: 1, arbitrary: drop },
      { weight: 2, arbitrary: composite },
    ),
    { maxLength: 4 },
  )
  .map((list) => policiesSchema.parse(named(list) as unknown as readonly PolicyConfig[]));

/** A trace, and how many milliseconds after the one before. */
const coming = fc.array(fc.tuple(trace, fc.constantFrom(0, 0, 100, 999, 1000, 2500)), {
  minLength: 1,
  maxLength: 6,
});

const statusCodes = { UNSET: 0, OK: 1, ERROR: 2 };

function listOf(given: Attributes): object[] {
  return Object.entries(given).map(([name, any]) => ({
    key: name,
    value: any !== undefined && 'intValue' in any ? { intValue: String(any.intValue) } : { ...any },
  }));
}

/** Shows a trace as it comes over the wire: by an encoder that is none of ours. */
function show(evaluator: Evaluator, { resources }: OracleTrace): void {
  evaluator.begin();
  for (const resource of resources) {
    const head = encode('Resource', { attributes: listOf(resource.attributes) });
    evaluator.addResource(head, 0, head.length);
    for (const each of resource.spans) {
      const body = encode('Span', {
        traceId: 'AQIDBAUGBwgJCgsMDQ4PEA==',
        name: 'op',
        startTimeUnixNano: String(each.start),
        endTimeUnixNano: String(each.end),
        status: { message: 'said', code: statusCodes[each.status] },
        flags: each.flags,
        traceState: each.traceState,
        attributes: listOf(each.attributes),
      });
      evaluator.addSpan(body, 0, body.length);
    }
  }
}

const voteNames = Object.fromEntries(Object.entries(votes).map(([name, vote]) => [vote, name]));

/** Both decide about the same traces, at the same times. `plant` changes what is compiled. */
function agreement(plant: (policy: Policy) => Policy = (policy) => policy): fc.IProperty<unknown> {
  return fc.property(policies, fc.boolean(), coming, (list, sampleOnFirstMatch, traces) => {
    const clock = { nowMs: 1_764_000_000_000 };
    const evaluator = compilePolicies([list.map(plant)], {
      clock: { now: () => clock.nowMs, monotonic: () => clock.nowMs },
      sampleOnFirstMatch,
    });
    const set = evaluator.sets[0]!;
    const decideSlowly = createOracle(list, sampleOnFirstMatch, clock);
    for (const [each, afterMs] of traces) {
      clock.nowMs += afterMs;
      show(evaluator, each);
      const spanCount = each.resources.reduce((sum, { spans }) => sum + spans.length, 0);
      const decision = set.decide({ id: each.id, spanCount, byteLength: each.byteLength });
      const credited = set.policies[decision.policy];
      expect({
        votes: [...decision.votes].map((vote) => (vote === votes.none ? undefined : voteNames[vote])),
        verdict: decision.verdict,
        policy: credited?.name,
        part: credited?.subPolicies[decision.subPolicy],
      }).toEqual(decideSlowly(each));
    }
  });
}

describe('compiled policies', () => {
  it('decide over the bytes as the reference says of decoded spans', () => assertProperty(agreement(), 0.5));

  it.each<readonly [string, (policy: Policy) => Policy]>([
    [
      'latency is at least, and not above, the threshold',
      (policy) =>
        policy.type === 'latency'
          ? { ...policy, latency: { ...policy.latency, threshold_ms: policy.latency.threshold_ms - 1 } }
          : policy,
    ],
    [
      'bounds of a number are not in them',
      (policy) => {
        if (policy.type !== 'numeric_attribute') return policy;
        const { min_value: min, max_value: max } = policy.numeric_attribute;
        const narrow = { min_value: BigInt(min) + 1n, max_value: BigInt(max) - 1n };
        return { ...policy, numeric_attribute: { ...policy.numeric_attribute, ...narrow } };
      },
    ],
    [
      'one span too many counts',
      (policy) =>
        policy.type === 'span_count' && policy.span_count.max_spans > 0
          ? { ...policy, span_count: { ...policy.span_count, max_spans: policy.span_count.max_spans + 1 } }
          : policy,
    ],
    [
      'the order of a composite is not honoured',
      (policy) =>
        policy.type === 'composite'
          ? { ...policy, composite: { ...policy.composite, policy_order: [] } }
          : policy,
    ],
    [
      'what drops is an ordinary and',
      (policy) =>
        policy.type === 'drop'
          ? { name: policy.name, type: 'and', and: { and_sub_policy: policy.drop.drop_sub_policy } }
          : policy,
    ],
  ])('would be told apart, if %s', (_, plant) => {
    const { failed } = fc.check(agreement(plant), { numRuns: 20_000, endOnFailure: true });
    expect(failed).toBe(true);
  });
});
