import { describe, expect, it } from 'vitest';
import { schema } from './config.js';

const all = [{ name: 'all', type: 'always_sample' }];

/** What is wrong, each with its path. */
function problems(config: object): readonly string[] {
  const { error } = schema.safeParse(config);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

it('has the defaults of the Collector, and ours', () => {
  expect(schema.parse({ policies: [] })).toEqual({
    policies: [],
    decision_wait: 30,
    decision_wait_after_root_received: -1,
    num_traces: 50_000,
    block_on_overflow: false,
    expected_new_traces_per_sec: 0,
    decision_cache: { sampled_cache_size: 200_000, non_sampled_cache_size: 200_000 },
    sample_on_first_match: false,
    sampling_strategy: 'trace-complete',
    drop_pending_traces_on_shutdown: false,
    maximum_trace_size_bytes: 0,
    num_shards: 1,
    max_bytes: 0,
    why: { max_records: 1_000_000 },
    shadow: { policies: [] },
    record_policy: false,
  });
});

it.each([
  ['10s', 10],
  ['1.9s', 1],
  ['500ms', 1],
  ['0s', 1],
] as const)('a decision_wait of %s is %i whole seconds', (decision_wait, expected) => {
  expect(schema.parse({ policies: [], decision_wait }).decision_wait).toBe(expected);
});

it.each([
  ['0s', -1],
  ['500ms', 0],
  ['2s', 2],
] as const)('a wait of %s after the root is %i', (wait, expected) => {
  const config = schema.parse({ policies: [], decision_wait_after_root_received: wait });
  expect(config.decision_wait_after_root_received).toBe(expected);
});

it('a cache of nothing is one as large as num_traces', () => {
  const { decision_cache } = schema.parse({ policies: [], decision_cache: { sampled_cache_size: 0 } });
  expect(decision_cache).toEqual({ sampled_cache_size: 50_000, non_sampled_cache_size: 200_000 });
});

it('sections of policies that need nothing may be left out, or be empty', () => {
  const policies = [
    { name: 'a', type: 'latency' },
    { name: 'b', type: 'always_sample', always_sample: null },
  ];
  expect(schema.parse({ policies }).policies).toEqual([
    { name: 'a', type: 'latency', latency: { threshold_ms: 0, upper_threshold_ms: 0 } },
    { name: 'b', type: 'always_sample', always_sample: {} },
  ]);
});

describe('refuses', () => {
  const one = (type: string, section?: unknown): object => ({
    policies: [{ name: 'p', type, [type]: section }],
  });

  it.each([
    [{}, 'policies: '],
    [{ policies: all, sampling_strategy: '' }, 'sampling_strategy: '],
    [{ policies: all, num_shards: 257 }, 'num_shards: '],
    [{ policies: all, num_traces: 0 }, 'num_traces: '],
    [
      { policies: all, tail_storage: 'disk' },
      'tail_storage: is not there: traces wait in memory, within max_bytes',
    ],
    [{ policies: [...all, ...all] }, 'policies.1.name: "all" is the name of another policy'],
    [{ policies: [{ name: '', type: 'always_sample' }] }, 'policies.0.name: '],
    [one('ottl_condition', {}), 'policies.0.type: ottl_condition is not there yet: it needs OTTL'],
    [one('status_codes', {}), 'policies.0.type: must be one of '],
    [one('status_codes', {}), 'got "status_codes"; did you mean status_code?'],
    [one('status_code'), 'policies.0.status_code: '],
    [one('status_code', { status_codes: [] }), 'policies.0.status_code.status_codes: '],
    [one('status_code', { status_codes: ['error'] }), 'policies.0.status_code.status_codes.0: '],
    [
      one('numeric_attribute', { key: 'n' }),
      'policies.0.numeric_attribute: needs min_value or max_value (0 is no bound)',
    ],
    [
      one('string_attribute', { key: 'k', values: ['ok', '(?=a)'], enabled_regex_matching: true }),
      'policies.0.string_attribute.values.1: error parsing regexp: ',
    ],
    [
      one('and', { and_sub_policy: [{ type: 'drop', drop: {} }] }),
      'policies.0.and.and_sub_policy.0.type: must be',
    ],
    [
      one('composite', { policy_order: ['x'] }),
      'policies.0.composite.policy_order.0: no composite_sub_policy is called "x"',
    ],
    [
      one('composite', {
        composite_sub_policy: all,
        rate_allocation: [
          { policy: 'all', percent: 1 },
          { policy: 'all', percent: 2 },
        ],
      }),
      'policies.0.composite.rate_allocation.1.policy: "all" is there already',
    ],
    [
      { sampling_strategy: 'span-ingest', ...one('not', { not_sub_policy: { type: 'rate_limiting' } }) },
      'policies.0.type: not looks at whole traces, and cannot be used with sampling_strategy span-ingest',
    ],
    [
      {
        sampling_strategy: 'span-ingest',
        policies: all,
        shadow: { policies: [{ name: 'l', type: 'latency', latency: { upper_threshold_ms: 5 } }] },
      },
      'shadow.policies: looks at whole traces, and cannot be used with sampling_strategy span-ingest',
    ],
  ])('%j', (config, problem) => {
    expect(problems(config).join('\n')).toContain(problem);
  });

  it('keys that are not those of the type', () => {
    const { error } = schema.safeParse({ policies: [{ name: 'p', type: 'latency', status_code: {} }] });
    expect(error?.issues[0]).toMatchObject({ code: 'unrecognized_keys', keys: ['status_code'] });
  });
});

it.each(['latency', 'string_attribute', 'not', 'and', 'drop', 'composite'])(
  '%s that looks at spans alone can be used with span-ingest',
  (type) => {
    const slow = { type: 'latency', latency: { threshold_ms: 5 } };
    const sections: Readonly<Record<string, object>> = {
      latency: { threshold_ms: 5 },
      string_attribute: { key: 'k', values: ['v'] },
      not: { not_sub_policy: slow },
      and: { and_sub_policy: [slow] },
      drop: { drop_sub_policy: [slow] },
      composite: { composite_sub_policy: [{ name: 's', ...slow }] },
    };
    const policies = [{ name: 'p', type, [type]: sections[type] }];
    expect(problems({ sampling_strategy: 'span-ingest', policies })).toEqual([]);
  },
);
