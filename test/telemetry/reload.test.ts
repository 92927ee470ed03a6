import type { CollectorOptions, TelemetryConfig } from '@tributary/collector';
import { defineExporter, defineProcessor, type Settings } from '@tributary/component';
import type { Metric, NumberDataPoint } from '@tributary/pdata';
import { memoryExporter, sampleTraces, testReceiver, testServer, virtualClock } from '@tributary/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { pull, scrape, silent, telling, valueOf } from './support.js';

// Whose figures are told when a reload has taken components away.

const counting = defineProcessor({
  type: 'counting',
  config: z.strictObject({}),
  traces({ meter }) {
    const passed = meter.createCounter('test_passed');
    const sizes = meter.createHistogram('test_sizes');
    return {
      process(traces) {
        passed.add(traces.itemCount);
        sizes.record(traces.itemCount);
      },
    };
  },
});

/** Two pipelines with a processor of its own each, of which a reload can take one away. */
function changing(telemetry: TelemetryConfig) {
  const source = testReceiver();
  const sink = memoryExporter();
  const options = (...names: readonly string[]): CollectorOptions => ({
    telemetry,
    pipelines: {
      traces: {
        receivers: [source],
        processors: names.map((name) => counting({}, { name })),
        exporters: [sink],
      },
    },
  });
  return { source, options };
}

/** An exporter that says how full its queue is. */
function observed(meter: Settings<unknown>['meter'], signal: string) {
  const gauge = meter.createObservableGauge('otelcol_exporter_queue_size');
  gauge.addCallback((result) => result.observe(7, { data_type: signal }));
  return { consume() {} };
}

const seriesOf = (text: string, name: string): string[] =>
  text.split('\n').filter((line) => line.includes(`"${name}"`));

describe('a scrape after a reload', () => {
  it('has nothing of a component that is gone, and goes on with what stays', async () => {
    const telemetry = { metrics: { level: 'detailed' as const, ...pull() } };
    const { source, options } = changing(telemetry);
    const { collector } = await telling(telemetry, { logger: silent }, options('stays', 'goes'));
    await source.send(sampleTraces({ spans: 3 }));
    const before = await scrape(collector);
    const names = (text: string, name: string): Set<string> =>
      new Set(seriesOf(text, `counting/${name}`).map((line) => line.split('{')[0]!));
    expect([...names(before.text, 'goes')]).toEqual([...names(before.text, 'stays')]);
    expect([...names(before.text, 'goes')]).toEqual(
      expect.arrayContaining([
        'test_passed',
        'test_sizes_count',
        'otelcol_processor_incoming_items',
        'otelcol_processor_internal_duration_count',
      ]),
    );

    await collector.reload(options('stays'));
    await source.send(sampleTraces({ spans: 2 }));
    const after = await scrape(collector);
    expect(seriesOf(after.text, 'counting/goes')).toEqual([]);
    expect([...names(after.text, 'stays')]).toEqual([...names(before.text, 'stays')]);
    expect(valueOf(after.families, 'test_passed', { processor: 'counting/stays' })).toBe(5);
    expect(after.families.has('otelcol_process_uptime')).toBe(true);
  });

  it('has a component that came back, whose counters go on', async () => {
    const telemetry = { metrics: pull() };
    const { source, options } = changing(telemetry);
    const { collector } = await telling(telemetry, { logger: silent }, options('one'));
    await source.send(sampleTraces({ spans: 3 }));
    await collector.reload(options());
    await collector.reload(options('one'));
    await source.send(sampleTraces({ spans: 2 }));
    const { families } = await scrape(collector);
    expect(valueOf(families, 'test_passed', { processor: 'counting/one' })).toBe(5);
  });

  it('has nothing of the signal that a component has lost', async () => {
    const queued = defineExporter({
      type: 'queued',
      config: z.strictObject({}),
      traces: ({ meter }) => observed(meter, 'traces'),
      logs: ({ meter }) => observed(meter, 'logs'),
    });
    const pipeline = { receivers: [testReceiver()], exporters: [queued()] };
    const telemetry = { metrics: pull() };
    const { collector } = await telling(
      telemetry,
      { logger: silent },
      { pipelines: { traces: pipeline, logs: pipeline } },
    );
    const signals = async (): Promise<unknown> =>
      (await scrape(collector)).families
        .get('otelcol_exporter_queue_size')
        ?.samples.map(({ labels }) => labels['data_type']);
    expect(await signals()).toEqual(['logs', 'traces']);
    await collector.reload({ telemetry, pipelines: { logs: pipeline } });
    expect(await signals()).toEqual(['logs']);
  });

  it('has what ran before where the new pipelines could not start', async () => {
    const broken = defineExporter({
      type: 'broken',
      config: z.strictObject({}),
      traces: () => ({
        consume() {},
        start() {
          throw new Error('does not start');
        },
      }),
    });
    const telemetry = { metrics: pull() };
    const { source, options } = changing(telemetry);
    const { collector } = await telling(telemetry, { logger: silent }, options('one'));
    await source.send(sampleTraces({ spans: 3 }));
    const { pipelines } = options('one');
    const traces = { ...pipelines.traces!, exporters: [broken()] };
    await expect(collector.reload({ telemetry, pipelines: { traces } })).rejects.toThrow('does not start');
    expect(valueOf((await scrape(collector)).families, 'test_passed', { processor: 'counting/one' })).toBe(3);
  });
});

function valueByName({ attributes, value }: NumberDataPoint): [string, number] {
  return [attributes.get('processor') as string, Number(value)];
}

describe('a push after a reload', () => {
  it('has the last value of a component that is gone once more, and then no more', async () => {
    const server = await testServer();
    onTestFinished(() => server.close());
    const clock = virtualClock();
    const exporter = { otlp: { protocol: 'grpc' as const, endpoint: `http://${server.grpc}` } };
    const telemetry = { metrics: { readers: [{ periodic: { interval: 1000, exporter } }] } };
    const { source, options } = changing(telemetry);
    const { collector } = await telling(telemetry, { logger: silent, clock }, options('stays', 'goes'));
    /** By push, by name: what `test_passed` says. */
    const pushes = async (count: number): Promise<Record<string, number>[]> => {
      const told = (metrics: readonly Metric[]) => metrics.filter(({ name }) => name === 'test_passed');
      await server.waitFor(({ metrics }) => told(metrics).length >= count);
      return told(server.metrics).map((metric) =>
        Object.fromEntries([...metric.dataPoints()].map((point) => valueByName(point as NumberDataPoint))),
      );
    };
    await source.send(sampleTraces({ spans: 3 }));
    await clock.advance(1000);
    await pushes(1);
    await source.send(sampleTraces({ spans: 1 }));
    await collector.reload(options('stays'));
    await clock.advance(1000);
    await pushes(2);
    await clock.advance(1000);
    expect(await pushes(3)).toEqual([
      { 'counting/stays': 3, 'counting/goes': 3 },
      { 'counting/stays': 4, 'counting/goes': 4 },
      { 'counting/stays': 4 },
    ]);
  });
});
