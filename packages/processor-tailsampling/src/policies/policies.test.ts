import { Traces, type ResourceInit, type SpanInit } from '@tributary/pdata';
import { at, readVarint, requestsOf, skipValue } from '@tributary/pdata/bytes';
import { virtualClock, type VirtualClock } from '@tributary/testkit';
import { describe, expect, it } from 'vitest';
import { compilePolicies } from './compile.js';
import { policiesSchema, type PolicyConfig } from './config.js';
import { votes, type Decision, type Evaluator, type TraceSize, type Vote } from './evaluator.js';

const id = Buffer.from('4bf92f3577b34da6a3ce929d0e0e4736', 'hex');
const second = 1_000_000_000n;
const start = 1_764_000_000n * second;

type Span = Partial<SpanInit>;

/** A span from and to so many milliseconds after a moment. */
function lasting(fromMs: number, toMs: number): Span {
  const nanos = (ms: number): bigint => start + BigInt(ms * 1e6);
  return { startTimeUnixNano: nanos(fromMs), endTimeUnixNano: nanos(toMs) };
}

/** Shows the bodies of all spans and resources to the evaluator, as they stand in a request. */
function show(evaluator: Evaluator, spans: readonly Span[], resource: ResourceInit = {}): void {
  const traces = Traces.create();
  const scope = traces.addResourceSpans({ resource }).addScope();
  for (const span of spans) scope.add({ name: 'op', traceId: id.toString('hex'), ...span });
  const walk = (
    bytes: Buffer,
    from: number,
    to: number,
    see: (tag: number, start: number, end: number) => void,
  ): void => {
    for (let position = from; position < to;) {
      const tag = readVarint(bytes, position);
      const length = at;
      position = skipValue(bytes, at, tag);
      if ((tag & 7) !== 2) continue;
      readVarint(bytes, length);
      see(tag, at, position);
    }
  };
  evaluator.begin();
  for (const bytes of requestsOf(traces)) {
    walk(bytes, 0, bytes.length, (_, groupStart, groupEnd) =>
      walk(bytes, groupStart, groupEnd, (tag, from, to) => {
        if (tag === 0x0a) evaluator.addResource(bytes, from, to);
        else if (tag === 0x12)
          walk(bytes, from, to, (inner, spanStart, spanEnd) => {
            if (inner === 0x12) evaluator.addSpan(bytes, spanStart, spanEnd);
          });
      }),
    );
  }
}

interface Policies {
  decide(spans: readonly Span[], resource?: ResourceInit, size?: Partial<TraceSize>): Decision;
  /** Of the first policy, as the vectors have it. */
  vote(spans: readonly Span[], resource?: ResourceInit, size?: Partial<TraceSize>): 'y' | 'n' | Vote;
  /** Of the first policy on the trace before. */
  why(): string;
  readonly clock: VirtualClock;
}

function policies(list: readonly PolicyConfig[], sampleOnFirstMatch = false): Policies {
  const clock = virtualClock();
  const evaluator = compilePolicies([policiesSchema.parse(list)], { clock, sampleOnFirstMatch });
  const set = evaluator.sets[0]!;
  let last: Decision;
  const self: Policies = {
    clock,
    decide(spans, resource, size) {
      show(evaluator, spans, resource);
      last = set.decide({ id, spanCount: spans.length, byteLength: 0, ...size });
      return last;
    },
    vote(spans, resource, size) {
      const vote = self.decide(spans, resource, size).votes[0] as Vote;
      return vote === votes.sampled ? 'y' : vote === votes.notSampled ? 'n' : vote;
    },
    why: () => set.explain(0, last.votes[0] as Vote, last.values[0]!),
  };
  return self;
}

const policy = (type: string, section?: object, name = type): PolicyConfig =>
  ({ name, type, ...(section !== undefined && { [type]: section }) }) as never;
const one = (type: string, section?: object): Policies => policies([policy(type, section)]);
const attribute = (key: string, value: unknown): Span => ({ attributes: { [key]: value as never } });

describe('latency', () => {
  it.each([
    [5000, 0, 5000, 'n'],
    [5000, 0, 5001, 'y'],
    [5000, 10_000, 5000, 'n'],
    [5000, 10_000, 5001, 'y'],
    [5000, 10_000, 10_000, 'y'],
    [5000, 10_000, 10_001, 'n'],
  ])('%i to %i ms: a span of %i ms is %s', (threshold_ms, upper_threshold_ms, ms, expected) => {
    expect(one('latency', { threshold_ms, upper_threshold_ms }).vote([lasting(0, ms)])).toBe(expected);
  });

  it('with an upper bound is asked after each span', () => {
    const latency = one('latency', { threshold_ms: 5000, upper_threshold_ms: 10_000 });
    expect(latency.vote([lasting(0, 6000), lasting(0, 20_000)])).toBe('y');
    expect(latency.why()).toBe('6000 ms is above 5000 ms and up to 10000 ms');
    expect(latency.vote([lasting(0, 20_000), lasting(0, 6000)])).toBe('n');
  });

  it('counts gaps between spans', () => {
    const latency = one('latency');
    expect(latency.vote([lasting(0, 100), lasting(900, 1000)])).toBe('y');
    expect(latency.why()).toBe('1000 ms is above 0 ms');
  });

  it('takes a time of 0 for none', () => {
    const latency = one('latency', { threshold_ms: 50 });
    expect(latency.vote([{ endTimeUnixNano: start }])).toBe('n');
    expect(latency.why()).toBe('no span says when it began and ended');
    expect(latency.vote([{ endTimeUnixNano: start }, lasting(0, 51)])).toBe('y');
    expect(latency.why()).toBe('51 ms is above 50 ms');
  });

  it('cuts to whole milliseconds', () => {
    const spans = [{ startTimeUnixNano: start, endTimeUnixNano: start + 5_000_999_999n }];
    expect(one('latency', { threshold_ms: 5000 }).vote(spans)).toBe('n');
  });
});

describe('numeric_attribute', () => {
  const within = one('numeric_attribute', { key: 'n', min_value: 50, max_value: 100 });
  it.each([
    [50, 'y'],
    [100, 'y'],
    [49, 'n'],
    [101, 'n'],
    [75.5, 'n'],
    ['75', 'n'],
    [-75, 'n'],
  ])('50 to 100 of %o is %s', (value, expected) => {
    expect(within.vote([attribute('n', value)])).toBe(expected);
  });

  it('takes what is no whole number for 0', () => {
    expect(one('numeric_attribute', { key: 'n', max_value: 100 }).vote([attribute('n', 'abc')])).toBe('y');
  });

  it.each([
    [{ min_value: -5 }, -5, 'y'],
    [{ min_value: -5 }, -6, 'n'],
    [{ max_value: -5 }, -5, 'y'],
    [{ max_value: -5 }, -4, 'n'],
    [{ min_value: 2n ** 60n + 1n }, 2n ** 60n, 'n'],
    [{ min_value: 2n ** 60n + 1n }, 2n ** 60n + 1n, 'y'],
    [{ max_value: -(2n ** 60n) }, -(2n ** 60n) + 1n, 'n'],
    [{ min_value: 2n ** 31n, max_value: 2n ** 33n }, 2n ** 32n - 1n, 'y'],
    [{ max_value: -1 }, -(2n ** 63n), 'y'],
    [{ min_value: 1 }, 2n ** 63n - 1n, 'y'],
  ])('%o of %o is %s', (bounds, value, expected) => {
    expect(one('numeric_attribute', { key: 'n', ...bounds }).vote([attribute('n', value)])).toBe(expected);
  });

  it('looks at resources as well', () => {
    expect(within.vote([{}], { attributes: { n: 60 } })).toBe('y');
    expect(within.why()).toBe('n is 60');
  });
});

describe('string_attribute', () => {
  const regex = { key: 'k', values: ['value1', 'val*'], enabled_regex_matching: true };
  it.each([
    [{ key: 'k', values: ['a', 'b'] }, 'b', 'y'],
    [{ key: 'k', values: ['a', 'b'] }, 'B', 'n'],
    [{ key: 'k', values: ['', 'b'] }, '', 'n'],
    [{ key: 'k', values: ['7'] }, 7, 'n'],
    [regex, 'xvaly', 'y'],
    [{ ...regex, values: ['/health'] }, '/healthz', 'y'],
    [{ ...regex, values: ['(?i)HEALTH'] }, '/health', 'y'],
    [{ ...regex, values: ['.*'] }, '', 'n'],
  ])('%o of %o is %s', (config, value, expected) => {
    expect(one('string_attribute', config).vote([attribute('k', value)])).toBe(expected);
  });

  it('lets an empty text of a resource match an expression', () => {
    const all = one('string_attribute', { ...regex, values: ['.*'] });
    expect(all.vote([{}], { attributes: { k: '' } })).toBe('y');
    expect(all.vote([{}], { attributes: { k: 5 } })).toBe('y');
    expect(all.vote([{}], { attributes: { other: 'x' } })).toBe('n');
  });

  it('inverted keeps what has none', () => {
    const inverted = one('string_attribute', { key: 'k', values: ['a'], invert_match: true });
    expect(inverted.vote([{}])).toBe('y');
    expect(inverted.why()).toBe('no k matches');
    expect(inverted.vote([attribute('k', 'a'), attribute('k', 'b')])).toBe('n');
    expect(inverted.why()).toBe('k is "a", which is not wanted');
  });

  it('finds its key among others of the same length, and in any span', () => {
    const exact = one('string_attribute', { key: 'kind', values: ['x'] });
    expect(exact.vote([{ attributes: { name: 'x', kinds: 'x', kin: 'x' } }])).toBe('n');
    expect(exact.vote([{}, { attributes: { name: 'y', kind: 'x' } }])).toBe('y');
  });

  it('remembers no more texts than it is told', () => {
    const limited = one('string_attribute', { ...regex, values: ['^7$'], cache_max_size: 2 });
    for (let i = 0; i < 20; i++) {
      expect(limited.vote([attribute('k', String(i % 10))])).toBe(i % 10 === 7 ? 'y' : 'n');
    }
  });
});

describe('boolean_attribute', () => {
  it.each([
    [true, true, 'y'],
    [true, false, 'n'],
    [false, false, 'y'],
    [false, 1, 'y'],
    [true, 'true', 'n'],
  ])('%o of %o is %s', (value, actual, expected) => {
    expect(one('boolean_attribute', { key: 'k', value }).vote([attribute('k', actual)])).toBe(expected);
  });

  it('does not match a key that is not there', () => {
    expect(one('boolean_attribute', { key: 'k', value: false }).vote([{}])).toBe('n');
    expect(one('boolean_attribute', { key: 'k', value: false, invert_match: true }).vote([{}])).toBe('y');
  });
});

describe('status_code', () => {
  it.each([
    [['ERROR'], ['unset', 'error'], 'y'],
    [['ERROR'], ['unset', 'ok'], 'n'],
    [['OK', 'UNSET'], ['unset'], 'y'],
    [['OK'], ['unset'], 'n'],
  ] as const)('%j of %j is %s', (status_codes, codes, expected) => {
    const spans = codes.map((code): Span => (code === 'unset' ? {} : { status: { code } }));
    expect(one('status_code', { status_codes }).vote(spans)).toBe(expected);
  });
});

describe('trace_state', () => {
  const state = one('trace_state', { key: 'key3', values: ['value1', ''] });
  it.each([
    ['key3=value1,x=y', 'y'],
    ['a=b, key3=value1 ', 'y'],
    ['key3=value12', 'n'],
    ['', 'n'],
    ['key3=value1,BAD=x', 'n'],
    ['key3=value1,key3=value1', 'n'],
  ])('%j is %s', (traceState, expected) => {
    expect(state.vote([{ traceState }])).toBe(expected);
  });

  it('ignores pairs of 256 letters and more', () => {
    const long = 'v'.repeat(252);
    const never = one('trace_state', { key: 'key3', values: [long] });
    expect(never.vote([{ traceState: `key3=${long}` }])).toBe('n');
  });
});

it('trace_flags looks at bit 0 of any span', () => {
  const flags = one('trace_flags');
  expect(flags.vote([{ flags: 0x100 }, { flags: 0x101 }])).toBe('y');
  expect(flags.vote([{ flags: 0x100 }])).toBe('n');
});

it.each([
  [1, 'n'],
  [2, 'y'],
  [20, 'y'],
  [21, 'n'],
])('span_count 2 to 20 of %i spans is %s', (spanCount, expected) => {
  const within = one('span_count', { min_spans: 2, max_spans: 20 });
  expect(within.vote([{}], {}, { spanCount })).toBe(expected);
});

describe('limits', () => {
  /** Seconds and how many, and what comes out. */
  type Step = readonly [atSeconds: number, count: number, expected: 'y' | 'n'];

  async function run(
    list: Policies,
    steps: readonly Step[],
    size: 'spanCount' | 'byteLength',
  ): Promise<void> {
    let now = 0;
    for (const [seconds, count, expected] of steps) {
      await list.clock.advance((seconds - now) * 1000);
      now = seconds;
      expect([seconds, count, list.vote([{}], {}, { [size]: count })]).toEqual([seconds, count, expected]);
    }
  }

  it('rate_limiting is a bucket of spans', () =>
    run(
      one('rate_limiting', { spans_per_second: 35, burst_capacity: 70 }),
      [
        [0, 30, 'y'],
        [0, 30, 'y'],
        [0, 30, 'n'],
        [1, 30, 'y'],
        [1, 16, 'n'],
        [2, 71, 'n'],
        [4, 70, 'y'],
      ],
      'spanCount',
    ));

  it('a bucket holds twice the rate where nothing is said', () =>
    run(
      one('rate_limiting', { spans_per_second: 35 }),
      [
        [0, 71, 'n'],
        [0, 70, 'y'],
      ],
      'spanCount',
    ));

  it('bytes_limiting is a bucket of bytes', () =>
    run(
      one('bytes_limiting', { bytes_per_second: 1024, burst_capacity: 4096 }),
      [
        [0, 4096, 'y'],
        [0, 1, 'n'],
        [1, 1024, 'y'],
        [1, 1, 'n'],
        [5, 5000, 'n'],
      ],
      'byteLength',
    ));
});

describe('probabilistic', () => {
  const ids = {
    T1: '0102030405060708090a0b0c0d0e0f10',
    T2: '4bf92f3577b34da6a3ce929d0e0e4736',
    T3: '0af7651916cd43dd8448eb211c80319c',
    T4: '80f198ee56343ba864fe8b2a57d3eff7',
    T5: '00000000000000000000000000000001',
    T6: 'ffffffffffffffffffffffffffffffff',
    T7: '5b8aa5a2d2c872e8321cf37308d69df2',
    T8: 'd4cda95b652f4a1592b449d5929fda1b',
    T9: '12345678901234567890123456789012',
    T10: '0000000000000000a1b2c3d4e5f60718',
  } as const;
  const keeps = (traceId: string, sampling_percentage: number, hash_salt?: string): 'y' | 'n' | Vote =>
    one('probabilistic', { sampling_percentage, ...(hash_salt !== undefined && { hash_salt }) }).vote(
      [{}],
      {},
      {
        id: Buffer.from(traceId, 'hex'),
      },
    );

  it.each([
    ['T1', 'nnn', 'nny'],
    ['T2', 'nnn', 'nnn'],
    ['T3', 'nyy', 'nny'],
    ['T4', 'nnn', 'yyy'],
    ['T5', 'nnn', 'nny'],
    ['T6', 'yyy', 'nny'],
    ['T7', 'nnn', 'nnn'],
    ['T8', 'nnn', 'nny'],
    ['T9', 'yyy', 'nnn'],
    ['T10', 'nnn', 'nnn'],
  ] as const)('%s at 10, 25 and 50 %% is %s, and with my-salt %s', (name, plain, salted) => {
    expect([10, 25, 50].map((percentage) => keeps(ids[name], percentage)).join('')).toBe(plain);
    expect([10, 25, 50].map((percentage) => keeps(ids[name], percentage, 'my-salt')).join('')).toBe(salted);
  });

  it.each([
    [100, 'y'],
    [250, 'y'],
    [0, 'n'],
    [-5, 'n'],
  ])('%d %% is %s', (percentage, expected) => {
    for (const traceId of Object.values(ids)) expect(keeps(traceId, percentage)).toBe(expected);
  });
});

describe('policies of policies', () => {
  const error = policy('status_code', { status_codes: ['ERROR'] });
  const never = policy('probabilistic', { sampling_percentage: 0 });
  const failed: Span = { status: { code: 'error' } };

  it('and needs all', () => {
    const and = one('and', { and_sub_policy: [error, never] });
    expect(and.vote([failed])).toBe('n');
    expect(and.why()).toBe('its policy probabilistic does not keep it');
    expect(one('and', { and_sub_policy: [error, policy('always_sample')] }).vote([failed])).toBe('y');
    expect(one('and', {}).vote([{}])).toBe('y');
  });

  it('not turns the vote', () => {
    const not = one('not', { not_sub_policy: error });
    expect(not.vote([{}])).toBe('y');
    expect(not.why()).toBe('not: no span has the status ERROR');
    expect(not.vote([failed])).toBe('n');
  });

  it('drop needs all, and then nothing else counts', () => {
    const drop = policies([
      policy('always_sample'),
      policy('drop', {
        drop_sub_policy: [
          policy('string_attribute', { key: 'url', values: ['/health'] }),
          policy('boolean_attribute', { key: 'do_not_sample', value: true }),
        ],
      }),
    ]);
    expect(drop.decide([attribute('url', '/health')])).toMatchObject({ verdict: 'sampled', policy: 1 });
    const both: Span = { attributes: { url: '/health', do_not_sample: true } };
    expect(drop.decide([both])).toMatchObject({ verdict: 'dropped', policy: 0 });
    expect([...drop.decide([both]).votes]).toEqual([votes.dropped, votes.none]);
    expect(one('drop', {}).decide([{}]).verdict).toBe('dropped');
  });
});

describe('together', () => {
  const yes = policy('always_sample');
  const no = policy('probabilistic', { sampling_percentage: 0 });
  it.each([
    ['sampled beats not sampled', [yes, no], 'sampled', 0],
    ['the first that keeps is credited', [no, yes], 'sampled', 1],
    ['none keeps', [no], 'not_sampled', 0],
    ['no policies', [], 'not_sampled', -1],
  ] as const)('%s', (_, list, verdict, credited) => {
    expect(policies(list).decide([{}])).toMatchObject({ verdict, policy: credited });
  });

  it('an inverted policy that has found its value is outvoted', () => {
    const inverted = policy('string_attribute', { key: 'k', values: ['a'], invert_match: true });
    expect(policies([inverted, yes]).decide([attribute('k', 'a')]).verdict).toBe('sampled');
    expect(policies([inverted, no]).decide([{}]).verdict).toBe('sampled');
    expect(policies([inverted]).decide([{}]).verdict).toBe('sampled');
  });

  it('all are asked, so that limits are charged, unless the first match is enough', () => {
    const list = [yes, policy('rate_limiting', { spans_per_second: 10, burst_capacity: 10 })];
    const all = policies(list);
    expect([...all.decide([{}], {}, { spanCount: 10 }).votes]).toEqual([votes.sampled, votes.sampled]);
    expect([...all.decide([{}], {}, { spanCount: 10 }).votes]).toEqual([votes.sampled, votes.notSampled]);
    const first = policies(list, true);
    expect([...first.decide([{}], {}, { spanCount: 10 }).votes]).toEqual([votes.sampled, votes.none]);
  });

  it('lists do not meddle with one another', () => {
    const clock = virtualClock();
    const lists = [[yes], [no, policy('latency', { threshold_ms: 5 })]].map((list) =>
      policiesSchema.parse(list),
    );
    const evaluator = compilePolicies(lists, { clock, sampleOnFirstMatch: false });
    show(evaluator, [lasting(0, 10)]);
    const size = { id, spanCount: 1, byteLength: 0 };
    expect(evaluator.sets.map((set) => set.decide(size).verdict)).toEqual(['sampled', 'sampled']);
    show(evaluator, [lasting(0, 1)]);
    expect(evaluator.sets.map((set) => set.decide(size).verdict)).toEqual(['sampled', 'not_sampled']);
  });
});

describe('composite', () => {
  const marked = (name: string): PolicyConfig =>
    policy('boolean_attribute', { key: name, value: true }, name);
  const shared = {
    max_total_spans_per_second: 1000,
    composite_sub_policy: [marked('p1'), marked('p2'), policy('always_sample', undefined, 'p3')],
    rate_allocation: [
      { policy: 'p1', percent: 50 },
      { policy: 'p2', percent: 25 },
    ],
  };
  /** What becomes of so many spans with that mark. */
  const ask = (composite: Policies, mark: string, spanCount: number): string => {
    const { verdict, subPolicy } = composite.decide([{ attributes: { [mark]: true } }], {}, { spanCount });
    return verdict === 'sampled' ? `y(${subPolicy})` : 'n';
  };

  it('gives each its share of a second', async () => {
    const composite = one('composite', shared);
    expect(['p1', 'p1', 'p1'].map((mark, i) => ask(composite, mark, [400, 100, 1][i]!))).toEqual([
      'y(0)',
      'y(0)',
      'n',
    ]);
    expect(composite.why()).toBe('"p1" would keep it, but its 500 of 1000 spans a second are used up');
    expect([ask(composite, 'p2', 250), ask(composite, 'p2', 1)]).toEqual(['y(1)', 'n']);
    expect([ask(composite, '', 333), ask(composite, '', 1)]).toEqual(['y(2)', 'n']);
    await composite.clock.advance('1s');
    expect(ask(composite, 'p1', 500)).toBe('y(0)');
  });

  it('lets what all left unused in a second flow on to whoever needs it in the next', async () => {
    const composite = one('composite', shared);
    expect([ask(composite, 'p1', 500), ask(composite, 'p1', 1)]).toEqual(['y(0)', 'n']);
    await composite.clock.advance('1s');
    expect([500, 400, 100, 1].map((spans) => ask(composite, 'p1', spans))).toEqual([
      'y(0)',
      'y(0)',
      'y(0)',
      'n',
    ]);
    await composite.clock.advance('1s');
    expect([500, 1].map((spans) => ask(composite, 'p1', spans))).toEqual(['y(0)', 'n']);
    await composite.clock.advance('10s');
    expect([500, 500, 1].map((spans) => ask(composite, 'p1', spans))).toEqual(['y(0)', 'y(0)', 'n']);
  });

  it('asks in the order of policy_order', () => {
    const always = (name: string): PolicyConfig => policy('always_sample', undefined, name);
    const ordered = one('composite', {
      max_total_spans_per_second: 100,
      policy_order: ['b', 'a'],
      composite_sub_policy: [always('a'), always('b')],
    });
    expect(ordered.decide([{}])).toMatchObject({ verdict: 'sampled', subPolicy: 0 });
    expect(ordered.why()).toBe('"b" keeps it, and has room');
  });
});
