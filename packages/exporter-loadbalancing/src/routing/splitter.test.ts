import { double, Logs, Metrics, Traces, type Batch } from '@tributary/pdata';
import { describe, expect, it } from 'vitest';
import { loadXxh64 } from '../ring/xxh64.js';
import { mapHash } from './map-hash.js';
import { routingKeyOf, type RoutedSignal, type RoutingKey } from './routing-key.js';
import { createSplitter, withoutKey } from './splitter.js';

const xxh64 = await loadXxh64();
const ids = ['0af7651916cd43dd8448eb211c80319c', '4bf92f3577b34da6a3ce929d0e0e4736'] as const;

/** Splits into a part for each key, and tells their keys: text as it is, other bytes as hexadecimal digits. */
function split<S extends RoutedSignal>(
  batch: Batch<S>,
  routingKey: RoutingKey,
  attributes: readonly string[] = [],
): ReadonlyMap<string, Batch<S>> {
  const splitter = createSplitter<S>(batch.signal, routingKey, { attributes, xxh64, random: () => 0.5 });
  const keys: string[] = [];
  const parts = splitter.split(batch, (key) => {
    const text = Buffer.from(key).toString('latin1');
    const shown = /^[ -~]*$/.test(text) ? text : Buffer.from(key).toString('hex');
    if (!keys.includes(shown)) keys.push(shown);
    return keys.indexOf(shown);
  });
  return new Map([...parts].map(([part, of]) => [part === withoutKey ? 'without a key' : keys[part]!, of]));
}

const keysOf = <S extends RoutedSignal>(...args: Parameters<typeof split<S>>): readonly string[] => [
  ...split<S>(...args).keys(),
];

describe('traces', () => {
  const traces = Traces.create();
  const shop = traces.addResourceSpans({
    resource: { attributes: { 'service.name': 'shop', retries: 3 } },
    schemaUrl: 'https://r',
  });
  const http = shop.addScope({ scope: { name: 'http', attributes: { team: 'a' } }, schemaUrl: 'https://s' });
  http.add({ name: 'a', traceId: ids[0], kind: 'server', attributes: { route: '/a' } });
  http.add({ name: 'b', traceId: ids[1], kind: 'client' });
  http.add({ name: 'c', traceId: ids[0] });
  traces.addResourceSpans().addScope().add({ name: 'd', traceId: ids[0] });

  it('go by trace ID, each with its groups once', () => {
    const parts = split(traces, 'traceID');
    expect([...parts.keys()]).toEqual(ids);
    const part = parts.get(ids[0])!;
    expect(part.itemCount).toBe(3);
    const [first, second] = [...part.resourceSpans()];
    expect([first!.schemaUrl, first!.resource.attributes.get('service.name')]).toEqual(['https://r', 'shop']);
    const [scope, ...more] = [...first!.scopes()];
    expect(more).toEqual([]);
    expect([scope!.schemaUrl, scope!.scope.name]).toEqual(['https://s', 'http']);
    expect([...scope!.spans()].map(({ name }) => name)).toEqual(['a', 'c']);
    expect([...second!.scopes()].flatMap((group) => [...group.spans()]).map(({ name }) => name)).toEqual([
      'd',
    ]);
  });

  it('without an ID go by zeros', () => {
    const none = Traces.create();
    none.addResourceSpans().addScope().add({ name: 'a' });
    expect(keysOf(none, 'traceID')).toEqual(['0'.repeat(32)]);
  });

  it('go by service', () => {
    expect(keysOf(traces, 'service')).toEqual(['service.name=shop|', 'service.name=|']);
  });

  it('go by attributes of resource, scope, span, by kind and name of the first span of a trace in a scope', () => {
    expect(keysOf(traces, 'attributes', ['service.name', 'retries', 'team', 'route'])).toEqual([
      'service.name=shop|retries=3|team=a|route=/a|',
      'service.name=shop|retries=3|team=a|route=|',
      'service.name=|retries=|team=|route=|',
    ]);
    const parts = split(traces, 'attributes', ['span.kind', 'span.name']);
    expect([...parts].map(([key, part]) => [key, part.itemCount])).toEqual([
      ['span.kind=Server|span.name=a|', 2],
      ['span.kind=Client|span.name=b|', 1],
      ['span.kind=Unspecified|span.name=d|', 1],
    ]);
  });

  it.each([
    [3, '3'],
    [2n ** 60n, '1152921504606846976'],
    [double(1.5), '1.5'],
    [true, 'true'],
    [Uint8Array.of(1, 2), 'AQI='],
    [{ b: 1, a: ['x', 2] }, '{a:[x,2],b:1}'],
  ])('write the value %o as %s', (value, text) => {
    const one = Traces.create();
    one
      .addResourceSpans({ resource: { attributes: { v: value as never } } })
      .addScope()
      .add({ name: 'a' });
    expect(keysOf(one, 'attributes', ['v'])).toEqual([`v=${text}|`]);
  });
});

describe('metrics', () => {
  const gauge = (name: string, ...cores: readonly number[]): object => ({
    name,
    unit: '1',
    gauge: { dataPoints: cores.map((core) => ({ asDouble: 0.5, attributes: { core } })) },
  });
  function metrics(resource: object, ...of: readonly object[]): Metrics {
    const made = Metrics.create();
    const scope = made.addResourceMetrics({ resource }).addScope();
    for (const metric of of) scope.add(metric as never);
    return made;
  }
  const checkout = { attributes: { 'service.name': 'checkout' } };

  it('go by service; without one they can go nowhere', () => {
    const both = metrics(checkout, gauge('cpu', 0));
    both.append(metrics({}, gauge('cpu', 1)));
    const parts = split(both, 'service');
    expect([...parts].map(([key, part]) => [key, part.itemCount])).toEqual([
      ['checkout', 1],
      ['without a key', 1],
    ]);
  });

  it('go by the hash of the resource', () => {
    expect(keysOf(metrics(checkout, gauge('cpu', 0)), 'resource')).toEqual(['resource/9d126046fdb6c015']);
    const more = { attributes: { 'service.name': 'checkout', 'host.name': 'h1' } };
    expect(keysOf(metrics(more, gauge('cpu', 0)), 'resource')).toEqual(['resource/85d28f611f9d8840']);
    expect(keysOf(metrics({}, gauge('cpu', 0)), 'resource')).toEqual(['resource/88201fb960ff6465']);
  });

  it('go by name', () => {
    expect(keysOf(metrics(checkout, gauge('cpu', 0, 1), gauge('memory', 0)), 'metric')).toEqual([
      'cpu',
      'memory',
    ]);
  });

  it('go by stream, point for point, with what is said of the metric', () => {
    const parts = split(metrics(checkout, gauge('cpu', 0, 1)), 'streamID');
    expect([...parts.keys()][0]).toBe('stream/c38dc363d6c65c66');
    expect(parts.size).toBe(2);
    for (const [core, part] of [...parts.values()].entries()) {
      const [metric] = part.metrics();
      expect([metric!.name, metric!.unit]).toEqual(['cpu', '1']);
      expect([...metric!.dataPoints()].map((point) => point.attributes.get('core'))).toEqual([core]);
    }
  });

  it('of every kind go by the attributes of their points', () => {
    const attributes = { core: 1 };
    const kinds = [
      { gauge: { dataPoints: [{ asInt: 1n, attributes }] } },
      { sum: { dataPoints: [{ asInt: 1n, attributes }], isMonotonic: true } },
      { histogram: { dataPoints: [{ attributes }], aggregationTemporality: 'delta' } },
      { exponentialHistogram: { dataPoints: [{ attributes }] } },
      { summary: { dataPoints: [{ attributes }] } },
    ].map((data) => ({ name: 'm', ...data }));
    const batch = metrics(checkout, ...kinds);
    const parts = split(batch, 'attributes', ['core', 'service.name']);
    expect([...parts].map(([key, part]) => [key, part.itemCount])).toEqual([
      ['service.name=checkout|core=1|', 5],
    ]);
    expect(split(batch, 'streamID').size).toBe(5);
  });
});

describe('logs', () => {
  const logs = Logs.create();
  const scope = logs.addResourceLogs({ resource: { attributes: { 'service.name': 'shop' } } }).addScope();
  scope.add({ body: 'low disk', severityText: 'WARN', traceId: ids[0], attributes: { k: 'v' } });
  scope.add({ body: 'ok' });
  logs.addResourceLogs().addScope().add({ body: 'x' });

  it('go by service, by resource, by the text of the trace ID, by chance without one', () => {
    expect(keysOf(logs, 'service')).toEqual(['shop', '']);
    expect(keysOf(logs, 'resource')[1]).toBe('resource/88201fb960ff6465');
    expect(keysOf(logs, 'traceID')).toEqual([ids[0], `00000080${'0'.repeat(24)}`]);
  });

  it('go by attributes, severity and body, those of the resource first', () => {
    expect(keysOf(logs, 'attributes', ['k', 'log.severity', 'service.name', 'log.body'])).toEqual([
      'service.name=shop|k=v|log.severity=WARN|log.body=low disk|',
      'service.name=shop|k=|log.severity=|log.body=ok|',
      'k=|log.severity=|service.name=|log.body=x|',
    ]);
  });
});

it.each([
  ['traces', '', 'traceID'],
  ['metrics', '', 'service'],
  ['logs', '', 'service'],
  ['logs', 'traceID', 'traceID'],
] as const)('%s with the key %j go by %s', (signal, key, expected) => {
  expect(routingKeyOf(signal, key)).toBe(expected);
});

it.each([
  ['traces', 'metric'],
  ['traces', 'resource'],
  ['metrics', 'traceID'],
  ['logs', 'streamID'],
] as const)('%s cannot go by %s', (signal, key) => {
  expect(() => routingKeyOf(signal, key)).toThrow(`unsupported routing_key "${key}" for ${signal}`);
});

it('the hash of attributes is that of the Collector', () => {
  const pairs = [{ key: 'service.name', value: { type: 'text', value: 'checkout' } }] as const;
  expect(mapHash(pairs, xxh64).toString('hex')).toBe('831d0817d731c2054ac194e9ddcf7e5c');
  expect(mapHash([], xxh64).toString('hex')).toBe('0'.repeat(32));
});
