import { connect } from 'node:net';
import { createCollector } from '@tributary/collector';
import { sampleTraces } from '@tributary/testkit';
import { describe, expect, it } from 'vitest';
import { pull, scrape, silent, telling, urlOf, valueOf } from './support.js';

describe('a scrape', () => {
  it('has the names of the Collector: those of the instruments, as they are', async () => {
    const { collector, source } = await telling({ metrics: pull() });
    await source.send(sampleTraces({ spans: 3 }));
    const { families } = await scrape(collector);
    const uptime = families.get('otelcol_process_uptime')!;
    expect(uptime).toMatchObject({ type: 'counter', samples: [{ labels: {} }] });
    expect(families.get('otelcol_process_memory_rss')).toMatchObject({ type: 'gauge' });
    const labels = { processor: 'counting', otel_signal: 'traces' };
    expect(valueOf(families, 'otelcol_processor_incoming_items', labels)).toBe(3);
    expect(valueOf(families, 'otelcol_processor_outgoing_items', labels)).toBe(3);
    expect([...families.keys()].filter((name) => name.endsWith('_total'))).toEqual([
      'promhttp_metric_handler_errors_total',
    ]);
  });

  it('tells who it is of in target_info', async () => {
    const { collector } = await telling(
      { metrics: pull(), resource: { attributes: [{ name: 'deployment.environment', value: 'test' }] } },
      { logger: silent, random: () => 0.5 },
      { buildInfo: { command: 'mine', version: '1.2.3' } },
    );
    const { families } = await scrape(collector);
    expect(families.get('target_info')!.samples).toEqual([
      {
        name: 'target_info',
        value: 1,
        labels: {
          service_name: 'mine',
          service_version: '1.2.3',
          service_instance_id: '80808080-8080-4080-8080-808080808080',
          deployment_environment: 'test',
        },
      },
    ]);
  });

  it('has units, `_total` and scopes where it is told so', async () => {
    const { collector, source } = await telling({
      metrics: pull({ without_units: false, without_type_suffix: false, without_scope_info: false }),
    });
    await source.send(sampleTraces({ spans: 2 }));
    const { families } = await scrape(collector);
    expect(families.get('otelcol_process_uptime_seconds_total')!.samples[0]!.labels).toEqual({
      otel_scope_name: 'tributary/collector',
    });
    expect(families.has('otelcol_process_memory_rss_bytes')).toBe(true);
    expect(
      valueOf(families, 'test_passed_banana_total', {
        otel_scope_name: 'tributary/processor/counting',
      }),
    ).toBe(2);
  });

  it('has resource attributes on every series where it is told so', async () => {
    const { collector } = await telling({
      metrics: pull({
        with_resource_constant_labels: { included: ['service.*'], excluded: ['*.instance.?d'] },
      }),
    });
    const { families } = await scrape(collector);
    expect(families.get('otelcol_process_uptime')!.samples[0]!.labels).toEqual({
      service_name: 'tributary',
      service_version: '0.0.0',
    });
  });

  it('shows a series of items once there is something to count', async () => {
    const { collector, source } = await telling({ metrics: pull() });
    expect((await scrape(collector)).families.has('otelcol_processor_incoming_items')).toBe(false);
    await source.send(sampleTraces({ spans: 1 }));
    expect((await scrape(collector)).families.has('otelcol_processor_incoming_items')).toBe(true);
  });
});

describe('the listener', () => {
  it('says what it speaks, and answers nothing but GET and HEAD of /metrics', async () => {
    const { collector } = await telling({ metrics: pull() });
    const url = urlOf(collector);
    const headers = { connection: 'close' };
    const reply = await fetch(url, { headers });
    expect([reply.status, reply.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    await reply.text();
    const statusOf = async (path: string, method: string): Promise<number> =>
      (await fetch(new URL(path, url), { method, headers })).status;
    expect(await statusOf('/metrics?name=x', 'GET')).toBe(200);
    expect(await statusOf('/metrics', 'HEAD')).toBe(200);
    expect(await statusOf('/metrics', 'POST')).toBe(405);
    expect(await statusOf('/', 'GET')).toBe(404);
  });

  it('is there before the first receiver starts, and gone after the shutdown', async () => {
    const { collector } = await telling({ metrics: pull() });
    const { port } = new URL(urlOf(collector));
    await collector.shutdown();
    expect(collector.addresses()).toEqual({});
    const refused = await new Promise((resolve) =>
      connect(Number(port), '127.0.0.1').once('error', resolve).once('connect', resolve),
    );
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('that cannot be bound fails the start', async () => {
    const { collector: first } = await telling({ metrics: pull() });
    const { port } = new URL(urlOf(first));
    await expect(telling({ metrics: pull({ port: Number(port) }) })).rejects.toThrow(
      `failed to start telemetry: cannot listen on 127.0.0.1:${port}: address already in use`,
    );
  });

  it('can be several, each with a name of its own', async () => {
    const readers = [...pull().readers!, ...pull({ without_units: false }).readers!];
    const { collector } = await telling({ metrics: { readers } });
    expect(Object.keys(collector.addresses()['service.telemetry']!)).toEqual(['prometheus', 'prometheus/2']);
  });

  it('is opened by no default', async () => {
    const { collector } = await telling({ metrics: { level: 'detailed' } });
    expect(collector.addresses()).toEqual({});
  });

  it('is not opened at level none', async () => {
    const lines: string[] = [];
    const { collector } = await telling(
      { metrics: { level: 'none', ...pull() } },
      { logger: { ...silent, info: (message) => lines.push(message) } },
    );
    expect(collector.addresses()).toEqual({});
    expect(lines).toContain('Internal metrics telemetry disabled');
  });
});

it('views change what is told, at level detailed', async () => {
  const processor = { instrument_name: 'otelcol_processor_*' };
  const views = [
    { selector: { instrument_name: 'otelcol_process_cpu_seconds' }, stream: { aggregation: { drop: {} } } },
    {
      selector: { unit: 'banana' },
      stream: { description: 'Fruit', attribute_keys: { excluded: ['processor'] } },
    },
    { selector: processor, stream: { attribute_keys: { included: ['processor'] } } },
    {
      selector: { instrument_name: 'otelcol_process_memory_rss', meter_name: 'tributary/collector' },
      stream: { name: 'rss', aggregation: { explicit_bucket_histogram: { boundaries: [1, 2 ** 40] } } },
    },
  ];
  const { collector, source } = await telling({ metrics: { level: 'detailed', ...pull(), views } });
  await source.send(sampleTraces({ spans: 3 }));
  const { families } = await scrape(collector);
  expect(families.has('otelcol_process_cpu_seconds')).toBe(false);
  expect(families.get('test_passed')).toMatchObject({ help: 'Fruit', samples: [{ labels: {}, value: 3 }] });
  expect(families.get('otelcol_processor_incoming_items')!.samples[0]!.labels).toEqual({
    processor: 'counting',
  });
  expect(families.get('rss')!.samples.map(({ value }) => value)).toEqual([0, 1, 1, expect.any(Number), 1]);
});

it('readers and a meter provider of the program exclude each other', () => {
  const meterProvider = { getMeter: () => expect.fail('not asked') };
  expect(() =>
    createCollector({ telemetry: { metrics: pull() }, runtime: { meterProvider }, pipelines: {} }),
  ).toThrow(
    'service.telemetry.metrics.readers: cannot be used beside runtime.meterProvider, which gets all figures\n' +
      'service.pipelines: service must have at least one pipeline',
  );
});
