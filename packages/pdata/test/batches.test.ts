import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  batchFactory,
  Logs,
  MalformedTelemetryError,
  Metrics,
  Profiles,
  Traces,
  type Batch,
  type BatchFactory,
  type Resource,
  type Span,
  type Signal,
} from '../src/index.js';
import { encode, type Plain } from './oracle.js';

/** Two resources, three scopes, five spans named a to e. */
function fiveSpans(): Traces {
  const traces = Traces.create();
  const one = traces.addResourceSpans({
    resource: { attributes: { 'service.name': 'one' } },
    schemaUrl: 'r1',
  });
  const first = one.addScope({ scope: { name: 's1' }, schemaUrl: 'u1' });
  first.add({ name: 'a' });
  first.add({ name: 'b' });
  one.addScope({ scope: { name: 's2' } }).add({ name: 'c' });
  const two = traces.addResourceSpans();
  const third = two.addScope();
  third.add({ name: 'd' });
  third.add({ name: 'e' });
  return traces;
}

/** A sum of three points, a gauge of one, a summary of none, under one resource and scope. */
function fourPoints(): Metrics {
  const metrics = Metrics.create();
  const scope = metrics
    .addResourceMetrics({ resource: { attributes: { r: 1 } }, schemaUrl: 'r' })
    .addScope({ scope: { name: 's' }, schemaUrl: 's' });
  scope.add({
    name: 'requests',
    description: 'd',
    unit: '1',
    sum: {
      aggregationTemporality: 'cumulative',
      isMonotonic: true,
      dataPoints: [{ asInt: 1n }, { asInt: 2n }, { asInt: 3n }],
    },
    metadata: { m: true },
  });
  scope.add({ name: 'temperature', gauge: { dataPoints: [{ asDouble: 4 }] } });
  scope.add({ name: 'latency', summary: {} });
  return metrics;
}

/** A request of two profiles, of two samples and one, as a source sends it. */
const profilesRequest: Plain = {
  resourceProfiles: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'one' } }] },
      scopeProfiles: [
        {
          scope: { name: 's' },
          profiles: [
            { samples: [{ stackIndex: 1, values: ['5'] }, { stackIndex: 2 }], attributeIndices: [1] },
            { samples: [{ linkIndex: 1 }] },
          ],
        },
      ],
    },
  ],
  dictionary: { stringTable: ['', 'main.ts'], stackTable: [{}, { locationIndices: [1] }] },
};

function threeSamples(): Profiles {
  return Profiles.from(encode('ProfilesRequest', profilesRequest));
}

function names(traces: Traces): string[] {
  return [...traces.spans()].map((span) => span.name);
}

/** What a batch says, as a plain object. */
function told(batch: { toJson(): string }): Plain {
  return JSON.parse(batch.toJson()) as Plain;
}

describe('a batch that is compacted', () => {
  it('is in one piece, whose bytes are those that it sends', () => {
    const traces = fiveSpans();
    for (const span of traces.spans()) span.attributes.set('edited', true);
    traces.append(fiveSpans());
    const bytes = Buffer.from(traces.clone().toBytes());
    traces.compact();
    const sent = traces.toBytes();
    expect(sent).toEqual(bytes);
    expect([traces.itemCount, traces.byteLength]).toEqual([10, bytes.length]);
    expect(traces.clone().toBytes().buffer, 'a copy for a second attempt').toBe(sent.buffer);
  });

  it('is left alone where it is in one piece, or empty', () => {
    const traces = Traces.from(fiveSpans().toBytes());
    const bytes = traces.toBytes();
    traces.compact();
    expect(traces.toBytes()).toBe(bytes);
    const empty = Traces.create();
    empty.compact();
    expect(empty.itemCount).toBe(0);
  });
});

describe('a batch of any signal', () => {
  const batches: { readonly [S in Signal]: () => Batch<S> } = {
    traces: fiveSpans,
    metrics: fourPoints,
    logs: () => Logs.fromJson('{"resourceLogs":[{"scopeLogs":[{"logRecords":[{},{"severityText":"x"}]}]}]}'),
    profiles: threeSamples,
  };
  const groups: { readonly [S in Signal]: (batch: Batch<S>) => Iterable<{ readonly resource: Resource }> } = {
    traces: (batch) => batch.resourceSpans(),
    metrics: (batch) => batch.resourceMetrics(),
    logs: (batch) => batch.resourceLogs(),
    profiles: (batch) => batch.resourceProfiles(),
  };
  const items = { traces: 5, metrics: 4, logs: 2, profiles: 3 };
  const signals = Object.keys(batches) as Signal[];

  it.each(signals)('of %s is made by the factory of its signal', (signal) => {
    const factory = batchFactory(signal);
    const batch = batches[signal]();
    expect(batch.signal).toBe(signal);
    expect(batch.itemCount).toBe(items[signal]);
    expect(batch.byteLength).toBe(batch.toBytes().length);
    const read = factory.from(batch.toBytes());
    expect(read.signal).toBe(signal);
    expect(read.itemCount).toBe(items[signal]);
    const fromJson = factory.fromJson(batch.toJson());
    expect(fromJson.itemCount).toBe(items[signal]);
    expect(fromJson.toJson()).toBe(batch.toJson());
    const empty = factory.create();
    expect([empty.signal, empty.itemCount, empty.byteLength, empty.toBytes().length, empty.toJson()]).toEqual(
      [signal, 0, 0, 0, '{}'],
    );
    expect(factory.from(new Uint8Array(0)).itemCount).toBe(0);
  });

  it.each(signals)('of %s refuses bytes and JSON that are none', (signal) => {
    const factory = batchFactory(signal);
    expect(() => factory.from(Uint8Array.of(0x0a, 0x05, 0))).toThrow(MalformedTelemetryError);
    expect(() => factory.fromJson('{"resource')).toThrow(MalformedTelemetryError);
  });

  it.each(signals)(
    'of %s is cloned, appended to an empty one, and taken whole',
    <S extends Signal>(signal: S) => {
      const batch = batches[signal]();
      const before = told(batch);
      const clone = batch.clone();
      const target = batchFactory(signal).create();
      expect(target.canAppend(clone)).toBe(true);
      target.append(clone);
      expect(clone.itemCount).toBe(0);
      const taken = target.take(1000);
      expect(target.itemCount).toBe(0);
      expect(told(taken)).toEqual(before);
      expect(told(batch)).toEqual(before);
      expect(() => batch.take(0)).toThrow(RangeError);
      expect(() => batch.append(batch)).toThrow(TypeError);
    },
  );

  it.each(signals)('of %s is handed on by transfer, with its edits', <S extends Signal>(signal: S) => {
    const batch = batches[signal]();
    const [group] = groups[signal](batch);
    group!.resource.attributes.set('added', 'x');
    const edited = told(batch);
    const handed = batch.transfer();
    expect(batch.itemCount).toBe(0);
    expect(told(handed)).toEqual(edited);
    expect(() => group!.resource.attributes.set('late', 1)).toThrow(TypeError);
  });

  it('has the type of its signal', () => {
    expectTypeOf(batchFactory('logs')).toEqualTypeOf<BatchFactory<'logs'>>();
    expectTypeOf(batchFactory('traces').create().spans()).toEqualTypeOf<Iterable<Span>>();
    expectTypeOf<Batch<'metrics'>>().toExtend<Metrics>();
    function empty<S extends Signal>(signal: S): Batch<S> {
      return batchFactory(signal).create().clone();
    }
    expect(empty('profiles').signal).toBe('profiles');
  });
});

describe('traces', () => {
  it('are filtered, and groups that lose all spans vanish', () => {
    const traces = fiveSpans();
    traces.filter((span) => span.name === 'b');
    expect(traces.itemCount).toBe(1);
    expect(told(traces)).toEqual({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'one' } }] },
          schemaUrl: 'r1',
          scopeSpans: [{ scope: { name: 's1' }, schemaUrl: 'u1', spans: [{ name: 'b' }] }],
        },
      ],
    });
    traces.filter(() => false);
    expect(told(traces)).toEqual({});
  });

  it('are taken in order, each span with its resource, scope and schema URLs', () => {
    const traces = Traces.from(fiveSpans().toBytes());
    const taken = traces.take(1);
    expect(told(taken)).toEqual({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'one' } }] },
          schemaUrl: 'r1',
          scopeSpans: [{ scope: { name: 's1' }, schemaUrl: 'u1', spans: [{ name: 'a' }] }],
        },
      ],
    });
    expect(names(traces)).toEqual(['b', 'c', 'd', 'e']);
    expect(names(traces.take(3))).toEqual(['b', 'c', 'd']);
    expect(names(traces.take(3))).toEqual(['e']);
    expect(names(traces.take(3))).toEqual([]);
  });
});

describe('metrics', () => {
  it('count data points, and list metrics and points', () => {
    const metrics = fourPoints();
    expect(metrics.itemCount).toBe(4);
    expect([...metrics.metrics()].map((metric) => [metric.name, metric.kind])).toEqual([
      ['requests', 'sum'],
      ['temperature', 'gauge'],
      ['latency', 'summary'],
    ]);
    const points = [...metrics.dataPoints()].map((point) => [
      point.metric.name,
      'value' in point ? point.value : '',
    ]);
    expect(points).toEqual([
      ['requests', 1n],
      ['requests', 2n],
      ['requests', 3n],
      ['temperature', 4],
    ]);
  });

  it('are cut within a metric, and each part keeps all that describes it', () => {
    const metrics = Metrics.from(fourPoints().toBytes());
    const whole = told(metrics);
    const parts = [metrics.take(2), metrics.take(1), metrics.take(10)];
    expect(metrics.itemCount).toBe(0);
    expect(parts.map((part) => part.itemCount)).toEqual([2, 1, 1]);
    const sum = (dataPoints: Plain[]): Plain => ({
      name: 'requests',
      description: 'd',
      unit: '1',
      sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints },
      metadata: [{ key: 'm', value: { boolValue: true } }],
    });
    const around = (...contained: Plain[]): Plain => ({
      resourceMetrics: [
        {
          resource: { attributes: [{ key: 'r', value: { intValue: '1' } }] },
          schemaUrl: 'r',
          scopeMetrics: [{ scope: { name: 's' }, schemaUrl: 's', metrics: contained }],
        },
      ],
    });
    const temperature = { name: 'temperature', gauge: { dataPoints: [{ asDouble: 4 }] } };
    const latency = { name: 'latency', summary: {} };
    expect(whole).toEqual(
      around(sum([{ asInt: '1' }, { asInt: '2' }, { asInt: '3' }]), temperature, latency),
    );
    expect(told(parts[0]!)).toEqual(around(sum([{ asInt: '1' }, { asInt: '2' }])));
    expect(told(parts[1]!)).toEqual(around(sum([{ asInt: '3' }])));
    expect(told(parts[2]!)).toEqual(around(temperature, latency));
  });

  it('are filtered by metric', () => {
    const metrics = fourPoints();
    metrics.filter((metric) => metric.name !== 'requests');
    expect([...metrics.metrics()].map((metric) => metric.name)).toEqual(['temperature', 'latency']);
    expect(metrics.itemCount).toBe(1);
  });

  it('are filtered by point, and a metric that loses its last one vanishes', () => {
    const metrics = Metrics.from(fourPoints().toBytes());
    metrics.filterDataPoints((point) => 'asInt' in point && point.asInt === 2n);
    expect(metrics.itemCount).toBe(1);
    const [group] = told(metrics)['resourceMetrics'] as [{ scopeMetrics: [{ metrics: Plain[] }] }];
    // A metric that came without points has lost none.
    expect(group.scopeMetrics[0].metrics).toEqual([
      {
        name: 'requests',
        description: 'd',
        unit: '1',
        sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ asInt: '2' }] },
        metadata: [{ key: 'm', value: { boolValue: true } }],
      },
      { name: 'latency', summary: {} },
    ]);
  });
});

describe('logs', () => {
  it('take copies of groups of other batches, with their edits', () => {
    const source = Logs.fromJson('{"resourceLogs":[{"schemaUrl":"u","scopeLogs":[{"logRecords":[{},{}]}]}]}');
    const target = Logs.create();
    for (const group of source.resourceLogs()) {
      group.resource.attributes.set('k', 1);
      target.addResourceLogs(group);
    }
    expect(told(target)).toEqual(told(source));
    expect(target.itemCount).toBe(2);
  });

  it('are built, listed and filtered', () => {
    const logs = Logs.create();
    const scope = logs.addResourceLogs({ resource: { attributes: { r: 'x' } } }).addScope();
    scope.add({ severityNumber: 'info', body: 'kept', timeUnixNano: 1n });
    scope.add({ severityNumber: 'debug', body: ['dropped'] });
    scope.add({ severityNumber: 'info', body: { kept: true } });
    logs.filter((record) => record.severityNumber === 'info');
    expect([...logs.records()].map((record) => record.body)).toEqual(['kept', { kept: true }]);
    expect(logs.itemCount).toBe(2);
    expect([...logs.resourceLogs()].map((group) => group.resource.attributes.get('r'))).toEqual(['x']);
  });
});

describe('profiles', () => {
  it('count samples and profiles', () => {
    const profiles = threeSamples();
    expect([profiles.itemCount, profiles.profileCount]).toEqual([3, 2]);
    expect(
      [...profiles.profiles()].map((profile) => profile.resource.attributes.get('service.name')),
    ).toEqual(['one', 'one']);
    expect([...profiles.resourceProfiles()]).toHaveLength(1);
  });

  it('pass through byte for byte, dictionary included', () => {
    const bytes = encode('ProfilesRequest', profilesRequest);
    expect(Buffer.from(Profiles.from(bytes).toBytes())).toEqual(bytes);
  });

  it('get resource attributes and keep their dictionary', () => {
    const profiles = threeSamples();
    for (const group of profiles.resourceProfiles()) group.resource.attributes.set('host.name', 'h');
    const [group] = [...Profiles.from(profiles.toBytes()).resourceProfiles()];
    expect([...group!.resource.attributes]).toEqual([
      ['service.name', 'one'],
      ['host.name', 'h'],
    ]);
    expect(told(profiles)['dictionary']).toEqual(profilesRequest['dictionary']);
  });

  it('are appended to an empty batch only, and taken whole', () => {
    const profiles = threeSamples();
    const others = threeSamples();
    expect(profiles.canAppend(others)).toBe(false);
    expect(() => profiles.append(others)).toThrow(TypeError);
    expect([profiles.itemCount, others.itemCount]).toEqual([3, 3]);
    const taken = profiles.take(1);
    expect([taken.itemCount, profiles.itemCount]).toEqual([3, 0]);
    expect(profiles.canAppend(others)).toBe(true);
    profiles.append(others);
    expect(profiles.itemCount).toBe(3);
  });

  it('lose the profiles that are filtered out, never the dictionary', () => {
    const profiles = threeSamples();
    profiles.filter((profile) => [...profile.samples()].length === 1);
    expect([profiles.itemCount, profiles.profileCount]).toEqual([1, 1]);
    expect(told(profiles)['dictionary']).toEqual(profilesRequest['dictionary']);
  });
});
