import { Traces } from '@tributary/pdata';
import { why } from '@tributary/processor-tailsampling';
import { describe, expect, it } from 'vitest';
import { all, errors, traceId, world } from './support.js';

const failed = { status: { code: 'error' } } as const;
const none = [{ name: 'none', type: 'probabilistic' }] as const;

describe('what is decided', () => {
  it('keeps all spans of a trace, or none, and books what is not kept as filtered', async () => {
    await using w = await world({ policies: errors, decision_wait: '1s' });
    await w.sendSpans({ trace: 1 }, { trace: 2 }, { trace: 1, ...failed }, { trace: 2 });
    await w.clock.advance('2s');
    expect(w.kept()).toEqual([1, 1]);
    expect(w.dropped()).toEqual({ filtered: 2 });
    expect(w.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('tells traces apart that share the last eight bytes of their ID', async () => {
    await using w = await world({ policies: errors, decision_wait: '1s' });
    const of = (first: string, span: object): object => ({
      traceId: first.repeat(16) + '0102030405060708',
      ...span,
    });
    await w.sendSpans({ trace: 0, ...of('a', failed) }, { trace: 0, ...of('b', {}) });
    await w.clock.advance('2s');
    await w.sendSpans({ trace: 0, ...of('a', {}) }, { trace: 0, ...of('b', {}) });
    expect(w.sink.spans.map((span) => span.traceId[0])).toEqual(['a', 'a']);
  });

  it('takes spans without a trace ID for one trace', async () => {
    await using w = await world({ policies: all, decision_wait: '1s' });
    const traces = Traces.create();
    const scope = traces.addResourceSpans().addScope();
    scope.add({ name: 'a' });
    scope.add({ name: 'b' });
    await w.source.send(traces);
    await w.clock.advance('2s');
    expect(w.sink.spans.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});

describe('output', () => {
  it('has each resource and scope once, whatever pieces the spans came in, with their schema URLs', async () => {
    await using w = await world({ policies: all, decision_wait: '1s' });
    for (const name of ['a', 'b', 'c']) {
      const traces = Traces.create();
      for (const service of ['shop', 'bank']) {
        traces
          .addResourceSpans({ resource: { attributes: { 'service.name': service } }, schemaUrl: 'https://r' })
          .addScope({ scope: { name: 'http' }, schemaUrl: 'https://s' })
          .add({ name, traceId: traceId(1) });
      }
      await w.source.send(traces);
    }
    await w.clock.advance('2s');
    expect(w.sink.batches).toHaveLength(1);
    const [batch] = w.sink.batches as readonly [Traces];
    const groups = [...batch.resourceSpans()];
    expect(groups.map((group) => group.resource.attributes.get('service.name'))).toEqual(['shop', 'bank']);
    expect(groups.map((group) => group.schemaUrl)).toEqual(['https://r', 'https://r']);
    for (const group of groups) {
      const scopes = [...group.scopes()];
      expect(scopes.map(({ schemaUrl }) => schemaUrl)).toEqual(['https://s']);
      expect([...scopes[0]!.spans()].map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    }
  });

  it('carries who has decided, where that is asked for', async () => {
    await using w = await world({
      decision_wait: '1s',
      record_policy: true,
      policies: [
        ...errors,
        {
          name: 'budget',
          type: 'composite',
          composite: {
            max_total_spans_per_second: 100,
            composite_sub_policy: [{ name: 'part', type: 'always_sample' }],
          },
        },
      ],
    });
    await w.sendSpans({ trace: 1, ...failed }, { trace: 2 });
    await w.clock.advance('2s');
    await w.send(1);
    const marks = w.sink.spans.map((span) => [span.traceId, ...span.scope.attributes]);
    expect(marks).toEqual([
      [traceId(1), ['tailsampling.policy', 'errors']],
      [traceId(2), ['tailsampling.policy', 'budget'], ['tailsampling.composite_policy', 'part']],
      [traceId(1), ['tailsampling.policy', 'errors'], ['tailsampling.cached_decision', true]],
    ]);
  });
});

describe('late spans', () => {
  it('go the way of their trace at once', async () => {
    await using w = await world({ policies: errors, decision_wait: '1s' });
    await w.sendSpans({ trace: 1, ...failed }, { trace: 2 });
    await w.clock.advance('2s');
    await w.send(1, 2, 1, 1);
    expect(w.kept()).toEqual([1, 1, 1, 1]);
    expect(w.dropped()).toEqual({ filtered: 2 });
    expect(await w.metrics()).toMatchObject({
      'early_releases_from_cache_decision{"sampled":"true"}': 3,
      'early_releases_from_cache_decision{"sampled":"false"}': 1,
      sampling_traces_on_memory: 0,
    });
  });

  it('of a trace that is forgotten are a new one', async () => {
    await using w = await world({
      policies: errors,
      decision_wait: '1s',
      decision_cache: { sampled_cache_size: 1, non_sampled_cache_size: 1 },
    });
    await w.sendSpans({ trace: 1, ...failed }, { trace: 2, ...failed });
    await w.clock.advance('2s');
    await w.send(1);
    expect(w.kept()).toEqual([1, 2]);
    expect(w.held()).toBe(1);
    await w.clock.advance('2s');
    expect(w.dropped()).toEqual({ filtered: 1 });
  });
});

describe('lack of room', () => {
  it('for traces decides early about the oldest, by what is known', async () => {
    await using w = await world({ policies: errors, num_traces: 2 });
    await w.sendSpans({ trace: 1, ...failed }, { trace: 2 }, { trace: 3 });
    expect(w.kept()).toEqual([1]);
    expect(w.held()).toBe(2);
    await w.send(1);
    expect(w.kept()).toEqual([1, 1]);
    const [answer] = await why(w.collector, traceId(1));
    expect(answer).toMatchObject({
      state: 'decided',
      decisions: [{ trigger: 'eviction', verdict: 'sampled' }],
    });
    await w.clock.advance('1s');
    expect(await w.metrics()).toMatchObject({ sampling_trace_dropped_too_early: 1 });
  });

  it('for bytes decides early, so that nothing is lost and the bound holds', async () => {
    await using w = await world({ policies: all, max_bytes: 1_000_000 });
    const attributes = { text: 'x'.repeat(1000) };
    for (let trace = 0; trace < 3000; trace += 10) {
      await w.sendSpans(...Array.from({ length: 10 }, (_, i) => ({ trace: trace + i, attributes })));
    }
    expect(w.held() * 1000).toBeLessThan(1_000_000);
    expect(w.held()).toBeGreaterThan(700);
    expect(w.held() + w.kept().length).toBe(3000);
    await w.clock.advance('31s');
    expect(w.kept()).toHaveLength(3000);
  });

  it('with block_on_overflow has callers wait until traces were decided', async () => {
    await using w = await world({
      policies: all,
      num_traces: 2,
      decision_wait: '1s',
      block_on_overflow: true,
    });
    await w.send(1, 2);
    let isTaken = false;
    const third = w.send(3, 4, 5).then(() => (isTaken = true));
    await w.clock.advance('1s');
    expect(isTaken).toBe(false);
    await w.clock.advance('1s');
    expect(w.kept()).toEqual([1, 2]);
    await w.clock.advance('2s');
    await third;
    await w.clock.advance('4s');
    expect(w.kept()).toEqual([1, 2, 3, 4, 5]);
  });

  it('does not keep a blocked caller beyond the shutdown', async () => {
    const w = await world({ policies: all, num_traces: 1, block_on_overflow: true });
    await w.send(1);
    const blocked = w.send(2, 3);
    const refused = blocked.catch((error: unknown) => error);
    await w[Symbol.asyncDispose]();
    expect(await refused).toMatchObject({ kind: 'refused' });
    expect(w.kept()).toEqual([1]);
  });

  it('a trace that is too large goes at once, and what comes of it later', async () => {
    await using w = await world({ policies: all, maximum_trace_size_bytes: 1000, decision_wait: '1s' });
    const large = { trace: 1, attributes: { text: 'x'.repeat(560) } };
    await w.sendSpans(large);
    expect(w.held()).toBe(1);
    await w.sendSpans(large);
    expect(w.held()).toBe(0);
    await w.sendSpans(large);
    await w.clock.advance('2s');
    expect(w.kept()).toEqual([]);
    expect(w.dropped()).toEqual({ filtered: 3 });
    expect(await w.metrics()).toMatchObject({ traces_dropped_too_large: 1 });
  });
});

describe('a next consumer that fails', () => {
  it('gets every kept trace once it can', async () => {
    await using w = await world({ policies: all, decision_wait: '1s' });
    w.sink.refuseNext('refused', { times: 3 });
    await w.send(1, 2);
    await w.clock.advance('2s');
    expect(w.kept()).toEqual([]);
    expect(w.held()).toBe(2);
    await w.clock.advance('1m');
    expect(w.kept()).toEqual([1, 2]);
  });

  it('has the door closed when the bound is full of what it does not take, and nothing is lost', async () => {
    await using w = await world({ policies: all, decision_wait: '1s', max_bytes: 1_000_000 });
    w.sink.respond(() => {
      throw new Error('down');
    });
    w.sink.refuseNext('refused', { times: 1e6 });
    const attributes = { text: 'x'.repeat(1000) };
    let accepted = 0;
    for (let trace = 0; trace < 3000; trace += 10) {
      const spans = Array.from({ length: 10 }, (_, i) => ({ trace: trace + i, attributes }));
      await w.sendSpans(...spans).then(
        () => (accepted += 10),
        (error: unknown) => expect(error).toMatchObject({ kind: 'refused', retryAfterMs: 1000 }),
      );
      if (trace % 100 === 0) await w.clock.advance('1s');
    }
    expect(accepted).toBeGreaterThan(500);
    expect(accepted).toBeLessThan(1200);
    expect(w.source.admit('traces', 1000)).toEqual({ retryAfterMs: 1000 });
    expect(w.held()).toBe(accepted);
  });
});

describe('a shutdown', () => {
  it('decides about all that waits', async () => {
    const w = await world({ policies: errors });
    await w.sendSpans({ trace: 1, ...failed }, { trace: 2 }, { trace: 3, ...failed });
    await w[Symbol.asyncDispose]();
    expect(w.kept()).toEqual([1, 3]);
    expect(w.dropped()).toEqual({ filtered: 1 });
  });

  it('drops it, and says so, with drop_pending_traces_on_shutdown', async () => {
    const w = await world({ policies: all, drop_pending_traces_on_shutdown: true });
    await w.send(1, 2, 3);
    await w[Symbol.asyncDispose]();
    expect(w.kept()).toEqual([]);
    expect(w.dropped()).toEqual({ shutdown: 3 });
    expect(w.lines).toContain('error: drop_pending_traces_on_shutdown is set. Dropping data.');
  });
});

describe('decisions in slices', () => {
  const hundred = Array.from({ length: 100 }, (_, trace) => trace);

  it('what is kept of one second leaves together, and late spans meanwhile with it', async () => {
    await using w = await world({ policies: all, decision_wait: '1s' }, 1);
    await w.send(...hundred);
    // Between the first slice and the second.
    w.clock.after(2000, () => void w.clock.after(0, () => void w.send(0)));
    await w.clock.advance('2s');
    expect(w.sink.batches.map(({ itemCount }) => itemCount)).toEqual([101]);
  });

  it.each([0, 1000])(
    'amidst of which a shutdown comes lose nothing, with %d ms of grace',
    async (graceMs) => {
      const w = await world({ policies: all, decision_wait: '1s' }, 1);
      await w.send(...hundred);
      let end: Promise<void> | undefined;
      w.clock.after(2000, () => void w.clock.after(0, () => void (end = w.collector.shutdown({ graceMs }))));
      await w.clock.advance('4s');
      await end;
      await w[Symbol.asyncDispose]();
      const { shutdown = 0 } = w.dropped();
      expect(shutdown).toBe(graceMs === 0 ? 84 : 0);
      expect(w.kept()).toHaveLength(100 - shutdown);
      expect(w.held()).toBe(0);
    },
  );
});

describe('span-ingest', () => {
  const ingest = { sampling_strategy: 'span-ingest', decision_wait: '1s' } as const;

  it('lets a trace go as soon as its spans are enough, with all before and all after', async () => {
    await using w = await world({ policies: errors, ...ingest });
    await w.send(1, 2);
    await w.sendSpans({ trace: 1, ...failed });
    expect(w.kept()).toEqual([1, 1]);
    await w.send(1);
    expect(w.kept()).toEqual([1, 1, 1]);
    await w.clock.advance('2s');
    expect(w.dropped()).toEqual({ filtered: 1 });
  });

  it('looks at the spans of a trace in one group of a request together', async () => {
    const both = [
      {
        name: 'both',
        type: 'and',
        and: {
          and_sub_policy: [
            { type: 'boolean_attribute', boolean_attribute: { key: 'a', value: true } },
            { type: 'boolean_attribute', boolean_attribute: { key: 'b', value: true } },
          ],
        },
      },
    ] as const;
    await using w = await world({ policies: both, ...ingest });
    await w.sendSpans(
      { trace: 1, attributes: { a: true } },
      { trace: 2 },
      { trace: 1, attributes: { b: true } },
    );
    expect(w.kept()).toEqual([1, 1]);
    await w.sendSpans({ trace: 3, attributes: { a: true } });
    await w.sendSpans({ trace: 3, attributes: { b: true } });
    expect(w.kept()).toEqual([1, 1]);
  });

  it('is not blocked by a drop policy that does not match', async () => {
    const drop = {
      name: 'health',
      type: 'drop',
      drop: {
        drop_sub_policy: [
          { type: 'string_attribute', string_attribute: { key: 'url', values: ['/health'] } },
        ],
      },
    } as const;
    await using w = await world({ policies: [...errors, drop], ...ingest });
    await w.sendSpans({ trace: 1, ...failed }, { trace: 2, ...failed, attributes: { url: '/health' } });
    expect(w.kept()).toEqual([1]);
    expect(w.dropped()).toEqual({ filtered: 1 });
  });
});

describe('a reload', () => {
  it('has other policies decide about what waits', async () => {
    await using w = await world({ policies: all, decision_wait: '2s' });
    await w.sendSpans({ trace: 1 }, { trace: 2, ...failed });
    await w.reload({ policies: errors, decision_wait: '2s' });
    expect(w.held()).toBe(2);
    await w.clock.advance('3s');
    expect(w.kept()).toEqual([2]);
    const [answer] = await why(w.collector, traceId(1));
    expect(answer!.decisions[0]!.votes).toEqual([
      { policy: 'errors', type: 'status_code', vote: 'not_sampled', why: 'no span has the status ERROR' },
    ]);
  });
});

describe('metrics', () => {
  it('are those of the Collector', async () => {
    await using w = await world({ policies: [...errors, ...none], decision_wait: '1s' });
    await w.sendSpans({ trace: 1, ...failed }, { trace: 2 });
    await w.clock.advance('2s');
    expect(await w.metrics()).toMatchObject({
      new_trace_id_received: 2,
      'global_count_traces_sampled{"sampled":"true","decision":"sampled"}': 1,
      'global_count_traces_sampled{"sampled":"false","decision":"not_sampled"}': 1,
      'count_traces_sampled{"policy":"errors","sampled":"true","decision":"sampled"}': 1,
      'count_traces_sampled{"policy":"errors","sampled":"false","decision":"not_sampled"}': 1,
      'count_traces_sampled{"policy":"none","sampled":"false","decision":"not_sampled"}': 2,
      'sampling_policy_execution_count{"policy":"errors"}': 2,
      sampling_trace_removal_age: expect.objectContaining({ count: 2 }) as unknown,
      sampling_decision_timer_latency: expect.objectContaining({ count: 2 }) as unknown,
    });
  });
});

describe('why', () => {
  it('says of each trace what decided', async () => {
    await using w = await world({
      policies: [
        ...errors,
        { name: 'slow', type: 'latency', latency: { threshold_ms: 5000 } },
        { name: 'some', type: 'probabilistic', probabilistic: { sampling_percentage: 0 } },
      ],
      decision_wait: '1s',
      shadow: { policies: all },
    });
    await w.sendSpans({ trace: 1, ...failed }, { trace: 2 });
    expect((await why(w.collector, traceId(1)))[0]).toMatchObject({
      state: 'waiting',
      dueInS: 2,
      text: ['waits for its decision, which is due within 2 s'],
    });
    await w.clock.advance('2s');
    await w.send(2);
    const [kept] = await why(w.collector, traceId(1));
    expect(kept!.text).toEqual([
      'kept by errors at 2026-01-01T00:00:02.000Z, when decision_wait was over',
      expect.stringMatching(/^1 span, \d+ bytes$/),
      '  errors  sampled      a span has the status ERROR',
      '  slow    not_sampled  no span says when it began and ended',
      expect.stringMatching(/^ {2}some {4}not_sampled {2}the trace ID hashes to [\d.]+ %, above 0 %$/),
      '  the shadow policies: kept by all',
    ]);
    const [dropped] = await why(w.collector, traceId(2));
    expect(dropped).toMatchObject({
      decisions: [{ verdict: 'not_sampled', lateSpans: 1, shadow: 'sampled', shadowPolicy: 'all' }],
    });
    expect((await why(w.collector, traceId(3)))[0]).toMatchObject({ state: 'unknown', decisions: [] });
    await expect(why(w.collector, 'xyz')).rejects.toThrow(
      'tail_sampling: trace: must be 32 hexadecimal digits',
    );
  });

  it('lists decisions in their order, in pieces, and says how many are forgotten', async () => {
    await using w = await world({ policies: errors, decision_wait: '1s', why: { max_records: 3 } });
    const list = async (query: Record<string, string>): Promise<unknown> => {
      const [{ answer, error } = {}] = await w.collector.ask('why', query);
      const { decisions, ...rest } = (answer ?? { decisions: [] }) as {
        decisions: readonly { readonly trace: string; readonly verdict: string }[];
      };
      return error ?? { ...rest, decisions: decisions.map(({ trace, verdict }) => [trace, verdict]) };
    };
    expect(await list({ after: '0' })).toEqual({ decisions: [], next: 0, forgotten: 0 });
    await w.sendSpans({ trace: 1 }, { trace: 2, ...failed });
    await w.clock.advance('2s');
    expect(await list({ after: '0', limit: '1' })).toEqual({
      decisions: [[traceId(1), 'not_sampled']],
      next: 1,
      forgotten: 0,
    });
    expect(await list({ after: '1' })).toEqual({
      decisions: [[traceId(2), 'sampled']],
      next: 2,
      forgotten: 0,
    });
    await w.send(3, 4, 5);
    await w.clock.advance('2s');
    expect(await list({ after: '1' })).toMatchObject({
      decisions: [3, 4, 5].map((trace) => [traceId(trace), 'not_sampled']),
      next: 5,
      forgotten: 1,
    });
    expect(await list({ after: '5' })).toEqual({ decisions: [], next: 5, forgotten: 0 });
    expect(await list({ after: '9' })).toEqual({ decisions: [], next: 9, forgotten: 0 });
    expect(await list({ after: '-1' })).toBe('after: must be a number of decisions');
    expect(await list({ after: '0', limit: 'x' })).toBe('limit: must be a number of decisions');
  });

  it('forgets the oldest beyond its bound, and says so', async () => {
    await using w = await world({ policies: all, decision_wait: '1s', why: { max_records: 2 } });
    await w.send(1, 2, 3);
    await w.clock.advance('2s');
    const states = await Promise.all([1, 2, 3].map((trace) => why(w.collector, traceId(trace))));
    expect(states.map(([answer]) => answer!.state)).toEqual(['forgotten', 'decided', 'decided']);
    expect(states[0]![0]!.text).toEqual([
      'not among the last 2 decisions: never seen, or older than the record',
    ]);
  });
});

it('a reload that changes the bound of the reasons forgets no more than it must, and says so', async () => {
  const config = { policies: all, decision_wait: '1s' } as const;
  await using w = await world({ ...config, why: { max_records: 3 } });
  await w.send(1, 2, 3);
  await w.clock.advance('2s');
  const states = async (): Promise<unknown> => {
    const answers = await Promise.all([1, 2, 3, 4].map((trace) => why(w.collector, traceId(trace))));
    return answers.map(([answer]) => answer!.state);
  };
  await w.reload({ ...config, why: { max_records: 10 } });
  expect(await states()).toEqual(['decided', 'decided', 'decided', 'unknown']);
  await w.reload({ ...config, why: { max_records: 2 } });
  expect(await states()).toEqual(['forgotten', 'decided', 'decided', 'forgotten']);
  await w.reload({ ...config, why: { max_records: 0 } });
  await w.reload({ ...config, why: { max_records: 2 } });
  expect(await states()).toEqual(['forgotten', 'forgotten', 'forgotten', 'forgotten']);
});

it('after a reload that takes the shadow policies away, no trace is said to have met them', async () => {
  const config = { policies: errors, decision_wait: '1s' } as const;
  await using w = await world({ ...config, shadow: { policies: all } });
  await w.send(1);
  await w.clock.advance('2s');
  await w.reload({ ...config, sampling_strategy: 'span-ingest' });
  await w.send(2);
  await w.clock.advance('3s');
  const [first] = await why(w.collector, traceId(1));
  const [second] = await why(w.collector, traceId(2));
  expect(first!.decisions[0]).toMatchObject({ shadow: 'sampled' });
  expect(second!.decisions[0]).not.toHaveProperty('shadow');
});

it('shadow policies are reported as a difference, and act on nothing', async () => {
  await using w = await world({
    policies: errors,
    shadow: {
      policies: [{ name: 'marked', type: 'boolean_attribute', boolean_attribute: { key: 'm', value: true } }],
    },
    decision_wait: '1s',
  });
  const marked = { attributes: { m: true } };
  await w.sendSpans(
    { trace: 1, ...failed },
    { trace: 2, ...failed, ...marked },
    { trace: 3, ...marked },
    { trace: 3 },
    { trace: 4 },
  );
  await w.clock.advance('2s');
  expect(w.kept()).toEqual([1, 2]);
  const [answer] = await w.collector.ask('shadow');
  expect(answer!.answer).toMatchObject({
    keptByBoth: { traces: 1, spans: 1 },
    keptByPoliciesOnly: { traces: 1, spans: 1 },
    keptByShadowOnly: { traces: 1, spans: 2 },
    keptByNeither: { traces: 1, spans: 1 },
    differences: [
      { policy: 'errors', shadowPolicy: 'none', traces: 1 },
      { policy: 'none', shadowPolicy: 'marked', traces: 1 },
    ],
  });
});
