import type { Attributes, Counter, MeterProvider, ObservableResult } from '@opentelemetry/api';
import {
  AggregationTemporality,
  MeterProvider as SdkMeterProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics';
import { describe, expect, it } from 'vitest';
import type { TelemetryMetricsLevel } from '../src/index.js';
import { Meters } from '../src/meter.js';

class Reader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}

  /** Name, attributes and value of every series. */
  async series(): Promise<[string, Attributes, unknown][]> {
    const { resourceMetrics, errors } = await this.collect();
    if (errors.length > 0) throw errors[0];
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }): [string, Attributes, unknown] => [
          descriptor.name,
          attributes,
          typeof value === 'number' ? value : value.sum,
        ]),
      ),
    );
  }
}

function sdk(): { readonly reader: Reader; readonly provider: MeterProvider } {
  const reader = new Reader({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE });
  return { reader, provider: new SdkMeterProvider({ readers: [reader] }) };
}

const own = { receiver: 'otlp' };

describe('a meter', () => {
  it('adds the attributes of its component to every kind of instrument', async () => {
    const { reader, provider } = sdk();
    const meter = new Meters('normal', provider).meter('scope', own);
    meter.createCounter('counter').add(1, { transport: 'grpc' });
    meter.createUpDownCounter('updown').add(2);
    meter.createGauge('gauge').record(3);
    meter.createHistogram('histogram').record(4);
    const observe =
      (value: number, more?: Attributes) =>
      (result: ObservableResult): void =>
        result.observe(value, more);
    meter.createObservableGauge('ogauge').addCallback(observe(5, { a: 1 }));
    meter.createObservableCounter('ocounter').addCallback(observe(6));
    meter.createObservableUpDownCounter('oupdown').addCallback(observe(7));
    const first = meter.createObservableGauge('first');
    const second = meter.createObservableGauge('second');
    meter.addBatchObservableCallback(
      (result) => {
        result.observe(first, 8);
        result.observe(second, 9, { b: 2 });
      },
      [first, second],
    );
    const series = await reader.series();
    expect(series.sort(([a], [b]) => (a < b ? -1 : 1))).toEqual([
      ['counter', { ...own, transport: 'grpc' }, 1],
      ['first', own, 8],
      ['gauge', own, 3],
      ['histogram', own, 4],
      ['ocounter', own, 6],
      ['ogauge', { ...own, a: 1 }, 5],
      ['oupdown', own, 7],
      ['second', { ...own, b: 2 }, 9],
      ['updown', own, 2],
    ]);
  });

  it('may be used before there is a provider: what is observed then is seen later', async () => {
    const { reader, provider } = sdk();
    const meters = new Meters('normal');
    const meter = meters.meter('scope', own);
    const counter = meter.createCounter('counter');
    const gauge = meter.createObservableGauge('gauge');
    const [kept, removed] = [1, 2].map((value) => (result: ObservableResult) => result.observe(value));
    gauge.addCallback(removed!);
    gauge.addCallback(kept!);
    gauge.addCallback(kept!);
    gauge.removeCallback(removed!);
    const batched = meter.createObservableGauge('batched');
    const never = (): never => expect.fail('it was removed');
    meter.addBatchObservableCallback((result) => result.observe(batched, 3), [batched]);
    meter.addBatchObservableCallback(never, [batched]);
    meter.removeBatchObservableCallback(never, [batched]);
    counter.add(100);
    meters.bind(provider);
    counter.add(4);
    expect(await reader.series()).toEqual([
      ['counter', own, 4],
      ['gauge', own, 1],
      ['batched', own, 3],
    ]);
  });

  it('is asked for nothing any more at the end, whoever the provider is of', async () => {
    const { reader, provider } = sdk();
    const meters = new Meters('normal', provider);
    const meter = meters.meter('scope', own);
    let asked = 0;
    meter.createObservableGauge('gauge').addCallback(() => void asked++);
    const batched = meter.createObservableGauge('batched');
    meter.addBatchObservableCallback(() => void asked++, [batched]);
    await reader.series();
    expect(asked).toBe(2);
    meters.end();
    await reader.series();
    expect(asked).toBe(2);
  });

  it('takes back what it observes', async () => {
    const { reader, provider } = sdk();
    const meter = new Meters('normal', provider).meter('scope', own);
    const gauge = meter.createObservableGauge('gauge');
    const callback = (result: ObservableResult): void => result.observe(1);
    gauge.addCallback(callback);
    gauge.removeCallback(callback);
    meter.addBatchObservableCallback((result) => result.observe(gauge, 1), [gauge]);
    const batch = (): never => expect.fail('it was removed');
    meter.addBatchObservableCallback(batch, [gauge]);
    meter.removeBatchObservableCallback(batch, [gauge]);
    expect(await reader.series()).toEqual([['gauge', own, 1]]);
  });
});

it('attributes that may change are read each time, frozen ones once', async () => {
  const { reader, provider } = sdk();
  const counter = new Meters('normal', provider).meter('scope', own).createCounter('counter');
  const changing = { n: 1 };
  counter.add(1, changing);
  changing.n = 2;
  counter.add(1, changing);
  const frozen = Object.freeze({ n: 3 });
  counter.add(1, frozen);
  counter.add(1, frozen);
  expect((await reader.series()).map(([, { n }, value]) => [n, value])).toEqual([
    [1, 1],
    [2, 1],
    [3, 2],
  ]);
});

describe('the level', () => {
  const names = [
    'component.own',
    'otelcol_processor_batch_batch_send_size',
    'otelcol_exporter_enqueue_size',
    'http.server.request.duration',
  ];

  it.each<[TelemetryMetricsLevel, number]>([
    ['none', 0],
    ['basic', 1],
    ['normal', 2],
    ['detailed', 4],
  ])('%s has the first %i of what there is', async (level, count) => {
    const { reader, provider } = sdk();
    const meter = new Meters(level, provider).meter('scope', {});
    const all = names.map(
      (name) => [meter.createCounter(name), meter.createObservableGauge(`${name}`)] as const,
    );
    for (const [counter] of all) counter.add(1);
    const observables = all.map(([, gauge]) => gauge);
    meter.addBatchObservableCallback(
      (result) => observables.forEach((gauge) => result.observe(gauge, 2)),
      observables,
    );
    const seen = new Set((await reader.series()).map(([name]) => name));
    expect([...seen]).toEqual(names.slice(0, count));
  });

  it('leaves out of failed sends why they failed, below detailed', async () => {
    const labels = { exporter: 'otlp', 'error.type': 'Unavailable', 'error.permanent': 'false' };
    const seen = async (level: TelemetryMetricsLevel, name: string): Promise<Attributes | undefined> => {
      const { reader, provider } = sdk();
      const counter: Counter = new Meters(level, provider).meter('scope', {}).createCounter(name);
      counter.add(1, labels);
      return (await reader.series())[0]?.[1];
    };
    expect(await seen('normal', 'otelcol_exporter_send_failed_spans')).toEqual({ exporter: 'otlp' });
    expect(await seen('detailed', 'otelcol_exporter_send_failed_spans')).toEqual(labels);
    expect(await seen('basic', 'other')).toEqual(labels);
  });
});

describe('what is observed under a name', () => {
  it('is known with all attributes and the unit, whoever reads the figures', () => {
    const meters = new Meters('normal');
    const { meter, end } = meters.open('scope', own);
    const other = meters.meter('other', { receiver: 'two' });
    const gauge = meter.createObservableGauge('size', { unit: 'By' });
    const callback = (result: ObservableResult): void => result.observe(1, { a: 'b' });
    gauge.addCallback(callback);
    other.createObservableGauge('size').addCallback((result) => result.observe(2));
    const first = { value: 1, attributes: { receiver: 'otlp', a: 'b' }, unit: 'By' };
    const second = { value: 2, attributes: { receiver: 'two' }, unit: undefined };
    expect(meters.observe('size')).toEqual([first, second]);
    expect(meters.observe('other')).toEqual([]);
    gauge.removeCallback(callback);
    expect(meters.observe('size')).toEqual([second]);
    gauge.addCallback(callback);
    end();
    expect(meters.observe('size')).toEqual([second]);
  });

  it('leaves out who throws, now or later', async () => {
    const meters = new Meters('normal');
    const gauge = meters.meter('scope', own).createObservableGauge('size');
    gauge.addCallback(() => {
      throw new Error('a bug');
    });
    gauge.addCallback(() => Promise.reject(new Error('a bug')));
    gauge.addCallback((result) => result.observe(3));
    expect(meters.observe('size')).toMatchObject([{ value: 3 }]);
    await new Promise((resolve) => setImmediate(resolve));
  });
});
