import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import {
  Logs,
  Metrics,
  Profiles,
  Traces,
  type Batch,
  type Signal,
  type Span,
  type Telemetry,
} from '../src/index.js';
import { View } from '../src/view.js';
import { encode } from './oracle.js';

function oneSpan(): { traces: Traces; span: Span } {
  const traces = Traces.create();
  traces
    .addResourceSpans({ resource: { attributes: { 'service.name': 'shop' } } })
    .addScope({ scope: { name: 'http' } })
    .add({
      name: 'GET /',
      attributes: { a: 1, list: ['x', { deep: true }] },
      status: { code: 'error', message: 'm' },
    });
  const read = Traces.from(traces.toBytes());
  const [span] = read.spans();
  return { traces: read, span: span! };
}

describe('views of one place', () => {
  it('agree, whichever of them wrote and whenever they were made', () => {
    const { traces, span } = oneSpan();
    const [twin] = traces.spans();
    const { status } = twin!;
    span.status = { code: 'ok' };
    expect([status.code, status.message]).toEqual(['ok', '']);
    status.message = 'fine';
    expect(span.status.message).toBe('fine');
    expect([...traces.spans()][0]!.status.message).toBe('fine');
  });

  it('agree on a part that came into being after they were made', () => {
    const traces = Traces.create();
    const span = traces.addResourceSpans().addScope().add({ name: 'a' });
    const one = span.status;
    const two = span.status;
    one.code = 'error';
    const before = traces.toBytes();
    two.message = 'late';
    expect(one.message).toBe('late');
    expect(traces.toBytes()).not.toEqual(before);
    expect([...Traces.from(traces.toBytes()).spans()][0]!.status.message).toBe('late');
  });

  it('of what stood within a part that was replaced are of removed nodes', () => {
    const metrics = Metrics.create();
    const metric = metrics
      .addResourceMetrics()
      .addScope()
      .add({ name: 'm', gauge: { dataPoints: [{ asInt: 1n }] } });
    const added = metric.gauge!.addDataPoint({ asInt: 2n });
    const [first] = metric.gauge!.dataPoints();
    metric.gauge = { dataPoints: [{ asInt: 3n }] };
    expect([first!.isRemoved, added.isRemoved]).toEqual([true, true]);
    expect([first!.asInt, added.asInt]).toEqual([1n, 2n]);
    added.asInt = 9n;
    first!.attributes.set('late', 1);
    expect([...metrics.dataPoints()].map((point) => 'value' in point && point.value)).toEqual([3n]);
    expect([...Metrics.from(metrics.toBytes()).dataPoints()]).toHaveLength(1);
  });

  it('of values in attributes of a part that was replaced are of removed nodes, wherever the attribute came from', () => {
    const { traces } = oneSpan();
    const [group] = traces.resourceSpans();
    const { attributes } = group!.resource;
    const old = attributes.value('service.name')!;
    attributes.set('service.name', ['set']);
    const set = attributes.value('service.name')!;
    attributes.set('new', ['added']);
    const added = attributes.value('new')!;
    expect([old, set, added].map((value) => value.isRemoved)).toEqual([true, false, false]);
    group!.resource = { attributes: { 'service.name': 'other' } };
    expect([old, set, added].map((value) => value.isRemoved)).toEqual([true, true, true]);
    for (const value of [old, set, added]) value.set('late');
    expect([...attributes]).toEqual([['service.name', 'other']]);
    expect([...[...Traces.from(traces.toBytes()).resourceSpans()][0]!.resource.attributes]).toEqual([
      ['service.name', 'other'],
    ]);
  });

  it('within a part that is replaced inside a loop over it are not visited any more', () => {
    const built = Metrics.create();
    const points = [{ asInt: 0n }, { asInt: 1n }, { asInt: 2n }];
    built
      .addResourceMetrics()
      .addScope()
      .add({ name: 'm', gauge: { dataPoints: points } });
    const [added] = Metrics.from(built.toBytes()).metrics();
    added!.gauge = {};
    for (const point of points) added!.gauge!.addDataPoint(point);
    for (const metric of [...Metrics.from(built.toBytes()).metrics(), added!]) {
      const visited: unknown[] = [];
      for (const point of metric.gauge!.dataPoints()) {
        visited.push(point.asInt);
        metric.gauge = { dataPoints: [{ asInt: 7n }, { asInt: 8n }] };
      }
      expect(visited).toEqual([0n]);
      expect([...metric.gauge!.dataPoints()].map(({ value }) => value)).toEqual([7n, 8n]);
    }
  });

  it('of a value that was set anew are of a removed node, and a removed value stays removed', () => {
    const { traces, span } = oneSpan();
    const list = span.attributes.value('list')!;
    const [x] = list.values();
    x!.remove();
    x!.set('back');
    expect(span.attributes.get('list')).toEqual([{ deep: true }]);
    span.attributes.set('list', ['new']);
    expect(list.isRemoved).toBe(true);
    list.set('late');
    expect(span.attributes.get('list')).toEqual(['new']);
    expect([...Traces.from(traces.toBytes()).spans()][0]!.attributes.get('list')).toEqual(['new']);
  });

  it('are recognised across copies of the package, and must be of the message that is wanted', async () => {
    vi.resetModules();
    const copy = await import('../src/index.js');
    const foreign = copy.Traces.create().addResourceSpans().addScope().add({ name: 'foreign' });
    expect(foreign).not.toBeInstanceOf(View);
    expect(View.is(foreign)).toBe(true);
    expect(View.is({})).toBe(false);
    const scope = Traces.create().addResourceSpans().addScope();
    expect(scope.add(foreign).name).toBe('foreign');
    expect(() => scope.add(scope as never)).toThrow(new TypeError('Span: must be a Span, got a ScopeSpans'));
  });
});

describe('a oneof', () => {
  it('holds the member that was set last; to clear a member that is not set changes nothing', () => {
    const point = Metrics.create()
      .addResourceMetrics()
      .addScope()
      .add({ name: 'm', gauge: {} })
      .gauge!.addDataPoint();
    point.asInt = 1n;
    point.asDouble = 2;
    expect([point.asInt, point.asDouble]).toEqual([undefined, 2]);
    point.asInt = undefined;
    expect(point.value).toBe(2);
    expect(() => (point.asInt = 2n ** 63n)).toThrow(RangeError);
    expect(point.value).toBe(2);
  });
});

describe('attributes', () => {
  it('are looped over as they were when the loop began', () => {
    const { span } = oneSpan();
    const seen: string[] = [];
    for (const [key] of span.attributes) {
      seen.push(key);
      span.attributes.set(`${key}'`, true);
      span.attributes.delete('list');
    }
    expect(seen).toEqual(['a']);
    expect([...span.attributes].map(([key]) => key)).toEqual(['a', "a'"]);
  });

  it('of a part that is replaced inside the loop end it', () => {
    const [group] = oneSpan().traces.resourceSpans();
    const others = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`key ${i}`, i]));
    let rounds = 0;
    for (const _ of group!.resource.attributes) {
      rounds++;
      group!.resource = { attributes: others };
    }
    expect(rounds).toBe(1);
    expect(Object.fromEntries(group!.resource.attributes)).toEqual(others);
  });

  it.each([0, 1, 127, 128, 130, 300])('are found by a key of %s bytes', (length) => {
    const { traces, span } = oneSpan();
    const key = 'k'.repeat(length);
    span.attributes.set(key, 1);
    const [read] = Traces.from(traces.toBytes()).spans();
    expect(read!.attributes.get(key)).toBe(1);
    expect(read!.attributes.has(`${key}k`)).toBe(false);
    expect(read!.attributes.delete(key)).toBe(true);
    expect(read!.attributes.size).toBe(2);
  });

  it('rename to a key that is there takes its place, whatever else has either key', () => {
    const key = (name: string, n: number): object => ({ key: name, value: { intValue: n } });
    const bytes = encode('TracesRequest', {
      resourceSpans: [
        { scopeSpans: [{ spans: [{ attributes: [key('b', 1), key('a', 2), key('a', 3), key('b', 4)] }] }] },
      ],
    });
    const traces = Traces.from(bytes);
    for (const span of traces.spans()) {
      expect(span.attributes.rename('a', 'b')).toBe(true);
      expect(span.attributes.rename('a', 'b')).toBe(false);
      expect([...span.attributes]).toEqual([['b', 2]]);
    }
    expect([...[...Traces.from(traces.toBytes()).spans()][0]!.attributes]).toEqual([['b', 2]]);
  });
});

describe('a write', () => {
  it.each([
    ['a name', (span: Span) => (span.name = 1 as never), 'Span.name: must be a string, got 1'],
    [
      'a time',
      (span: Span) => (span.startTimeUnixNano = 1 as never),
      'Span.startTimeUnixNano: must be a bigint, got 1',
    ],
    [
      'a time before 1970',
      (span: Span) => (span.startTimeUnixNano = -1n),
      'Span.startTimeUnixNano: must be an integer from 0 to 18446744073709551615, got -1',
    ],
    [
      'an ID',
      (span: Span) => (span.traceId = 'abc'),
      'Span.traceId: must be 32 hexadecimal digits or empty, got "abc"',
    ],
    [
      'a kind',
      (span: Span) => (span.kind = 'sever' as never),
      'Span.kind: must be one of unspecified, internal, server, client, producer, consumer, got "sever"',
    ],
    [
      'an attribute',
      (span: Span) => span.attributes.set('k', 2n ** 64n),
      'attribute "k": must fit 64 bits with sign, got 18446744073709551616',
    ],
  ])('of %s that does not fit is refused by name, and changes nothing', (_, write, message) => {
    const { traces, span } = oneSpan();
    const before = Buffer.from(traces.toBytes());
    expect(() => write(span)).toThrow(message);
    expect(Buffer.from(traces.toBytes())).toEqual(before);
  });

  it('through a view from before the batch was handed on, settled or cut throws; reading goes on', () => {
    const handOns: ((traces: Traces) => unknown)[] = [
      (traces) => traces.transfer(),
      (traces) => {
        for (const span of traces.spans()) span.name = 'edited';
        traces.settle();
      },
      (traces) => {
        traces.append(oneSpan().traces);
        traces.compact();
      },
      (traces) => traces.groupByTraceId(),
    ];
    for (const handOn of handOns) {
      const { traces, span } = oneSpan();
      handOn(traces);
      for (const write of [
        () => (span.name = 'late'),
        () => span.attributes.set('late', 1),
        () => span.attributes.delete('absent'),
        () => span.addEvent({ name: 'late' }),
        () => span.remove(),
        () => (span.status.message = 'late'),
        () => span.attributes.value('list')!.set(1),
      ]) {
        expect(write).toThrow(
          new TypeError('this batch was handed on: a view that was made before cannot write to it'),
        );
      }
      expect(span.attributes.get('a')).toBe(1);
    }
  });
});

describe('fields of a request that nobody knows', () => {
  it('go with one part, whether it is cut or grouped', () => {
    const future = Buffer.from([0xa2, 0x38, 1, 7]);
    const build = Traces.create();
    const scope = build.addResourceSpans().addScope();
    for (const trace of ['1', '2']) scope.add({ name: 'a', traceId: trace.repeat(32) });
    const bytes = Buffer.concat([build.toBytes(), future]);
    const groups = [...Traces.from(bytes).groupByTraceId().values()].map((group) =>
      Buffer.from(group.toBytes()),
    );
    expect(groups.map((group) => group.includes(future))).toEqual([true, false]);
    const rest = Traces.from(bytes);
    const parts = [rest.take(1), rest].map((part) => Buffer.from(part.toBytes()));
    expect(parts.filter((part) => part.includes(future))).toHaveLength(1);
  });
});

describe('take', () => {
  it.each([0, -1, 0.5, NaN])('of %s items is refused', (size) => {
    expect(() => oneSpan().traces.take(size)).toThrow(
      new RangeError(`maxItems must be at least 1, got ${size}`),
    );
    expect(() => Profiles.create().take(size)).toThrow(RangeError);
  });

  it('of a part of an item takes whole ones', () => {
    const logs = Logs.create();
    const scope = logs.addResourceLogs().addScope();
    for (let i = 0; i < 9; i++) scope.add({ body: i });
    const sizes: number[] = [];
    while (logs.itemCount > 0) sizes.push(logs.take(1.5).itemCount);
    expect(sizes).toEqual(Array.from({ length: 9 }, () => 1));
    expect(logs.take(Infinity).itemCount).toBe(0);
  });

  it('of one record leaves the others in few pieces', () => {
    const traces = Traces.create();
    const scope = traces
      .addResourceSpans({ resource: { attributes: { 'service.name': 'shop' } } })
      .addScope();
    for (let i = 0; i < 1000; i++) scope.add({ name: 'GET /' });
    const before = traces.byteLength;
    traces.take(1);
    expect([...traces.resourceSpans()].length).toBeLessThan(12);
    expect(traces.byteLength).toBeLessThan(before + 500);
  });
});

describe('a batch of any signal', () => {
  it('keeps its type in code that serves every signal', () => {
    function glue<S extends Signal>(a: Batch<S>, b: Batch<S>): Batch<S> {
      a.append(b);
      expectTypeOf(a.itemCount).toEqualTypeOf<number>();
      const head: Batch<S> = a.take(10);
      return head.clone();
    }
    const count = <S extends Signal>(batch: Telemetry<S>): number => batch.itemCount;
    const { traces } = oneSpan();
    const glued = glue(traces, oneSpan().traces);
    expectTypeOf(glued).toExtend<Traces>();
    expectTypeOf(glue<'logs'>).returns.toEqualTypeOf<Batch<'logs'>>();
    // @ts-expect-error: batches of two signals cannot be glued
    expect(() => glue<'logs'>(Logs.create(), oneSpan().traces)).toThrow(TypeError);
    expect(count(glued)).toBe(2);
  });

  it('is not appended to itself', () => {
    const { traces } = oneSpan();
    expect(traces.canAppend(traces)).toBe(false);
    expect(() => traces.append(traces)).toThrow(
      new TypeError('these traces cannot be appended to each other'),
    );
    expect(traces.itemCount).toBe(1);
  });
});
