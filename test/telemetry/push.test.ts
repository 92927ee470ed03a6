import { spawnSync } from 'node:child_process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TelemetryMetricOtlpConfig, TelemetryOtlpConfig } from '@tributary/collector';
import { defineExtension, type Logger } from '@tributary/component';
import type { LogRecord, Metric, NumberDataPoint } from '@tributary/pdata';
import {
  sampleTraces,
  testServer,
  virtualClock,
  type TestServer,
  type VirtualClock,
} from '@tributary/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { Certificates, hasOpenssl } from '../../packages/transport/test/certificates.js';
import { silent, telling, type Telling } from './support.js';

async function serverForTest(): Promise<TestServer> {
  const server = await testServer();
  onTestFinished(() => server.close());
  return server;
}

type Protocol = 'grpc' | 'http/protobuf';

function endpointOf(server: TestServer, protocol: Protocol): string {
  return protocol === 'grpc' ? `http://${server.grpc}` : server.http;
}

interface Pushing extends Telling {
  readonly clock: VirtualClock;
  readonly errors: [string, object][];
}

/** A collector that sends its metrics every second of its clock. */
async function pushingMetrics(
  endpoint: string,
  otlp: Partial<TelemetryMetricOtlpConfig> = {},
): Promise<Pushing> {
  const clock = virtualClock();
  const errors: [string, object][] = [];
  const logger: Logger = { ...silent, error: (message, fields = {}) => errors.push([message, fields]) };
  const exporter = { otlp: { protocol: 'grpc' as const, endpoint, ...otlp } };
  const running = await telling(
    {
      metrics: { readers: [{ periodic: { interval: 1000, exporter } }] },
      resource: { attributes: [{ name: 'a', value: [1, 2] }] },
    },
    { clock, logger },
  );
  return { ...running, clock, errors };
}

/** The value of the counter in each request that a server got. */
function passed(server: TestServer): number[] {
  return server.metrics.filter(({ name }) => name === 'test_passed').map(valueOf);
}

function valueOf(metric: Metric): number {
  const [point] = metric.dataPoints();
  return Number((point as NumberDataPoint).value);
}

describe.each(['grpc', 'http/protobuf'] as const)('metrics by %s', (protocol) => {
  it('are sent at the interval, compressed, with headers and the resource', async () => {
    const server = await serverForTest();
    const { clock, source } = await pushingMetrics(endpointOf(server, protocol), {
      protocol,
      compression: 'gzip',
      headers: [{ name: 'X-Tenant', value: 'one' }],
      headers_list: 'x-tenant=two,x-zone=b%20c',
    });
    await source.send(sampleTraces({ spans: 3 }));
    await clock.advance(1000);
    await server.waitFor(({ metrics }) => metrics.length > 0);
    const [request] = server.requests;
    expect(request!.protocol).toBe(protocol);
    const header = (name: string): string | undefined => request!.headers.get(name)?.[0];
    expect([header('x-tenant'), header('x-zone')]).toEqual(['one', 'b c']);
    expect(header(protocol === 'grpc' ? 'grpc-encoding' : 'content-encoding') ?? 'gzip').toBe('gzip');
    expect(passed(server)).toEqual([3]);
    const [metric] = server.metrics;
    expect(metric!.resource.attributes.get('service.name')).toBe('tributary');
    expect(metric!.resource.attributes.get('a')).toEqual([1, 2]);
  });

  it('are sent once more at the end', async () => {
    const server = await serverForTest();
    const { collector, source } = await pushingMetrics(endpointOf(server, protocol), { protocol });
    await source.send(sampleTraces({ spans: 3 }));
    expect(server.metrics).toHaveLength(0);
    await collector.shutdown();
    expect(passed(server)).toEqual([3]);
  });
});

describe('temporality', () => {
  async function two(
    preference: TelemetryMetricOtlpConfig['temporality_preference'],
  ): Promise<[TestServer, number[]]> {
    const server = await serverForTest();
    const running = await pushingMetrics(endpointOf(server, 'grpc'), { temporality_preference: preference });
    for (const spans of [3, 2]) {
      await running.source.send(sampleTraces({ spans }));
      server.clear();
      await running.clock.advance(1000);
      await server.waitFor(({ metrics }) => metrics.length > 0);
    }
    const incoming = server.metrics.find(({ name }) => name === 'otelcol_processor_incoming_items')!;
    return [server, [...passed(server), valueOf(incoming)]];
  }

  it('is cumulative unless told otherwise', async () => {
    expect((await two(undefined))[1]).toEqual([5, 5]);
  });
  it('can be delta', async () => {
    expect((await two('delta'))[1]).toEqual([2, 2]);
  });
  it('is delta for what is not observed where memory is low', async () => {
    expect((await two('lowmemory'))[1]).toEqual([2, 5]);
  });
});

describe('a server that does not take metrics', () => {
  it('is tried again within the time of a send', async () => {
    const server = await serverForTest();
    server.refuseNext('retryable', { retryAfterMs: 500 });
    const { clock, source, errors } = await pushingMetrics(endpointOf(server, 'grpc'));
    await source.send(sampleTraces({ spans: 3 }));
    await clock.advance(1000);
    await until(() => server.requests.length === 1);
    await until(() => clock.timers().some(({ kind }) => kind === 'sleep'));
    await clock.advance(500);
    await server.waitFor(({ metrics }) => metrics.length > 0);
    expect([passed(server), errors]).toEqual([[3], []]);
  });

  it('is told in the log, without the values of headers', async () => {
    const server = await serverForTest();
    server.refuseNext('permanent', { message: 'no room for Bearer s3cret' });
    const { clock, errors } = await pushingMetrics(endpointOf(server, 'grpc'), {
      headers: [{ name: 'authorization', value: 'Bearer s3cret' }],
    });
    await clock.advance(1000);
    await until(() => errors.length > 0);
    expect(errors[0]![0]).toBe('The metrics of the collector could not be sent');
    const { error } = errors[0]![1] as { error: Error };
    expect(error.message).toContain('no room for [REDACTED]');
    expect(error.stack).not.toContain('s3cret');
  });

  it('does not hold the shutdown up beyond its grace', async () => {
    const { collector, clock, errors } = await pushingMetrics('http://127.0.0.1:1');
    const stopped = collector.shutdown({ graceMs: 3000 });
    for (let i = 0; i < 200 && errors.length === 0; i++) {
      await clock.advance(100);
      await nextTurn();
    }
    await stopped;
    expect(errors[0]![0]).toBe('The metrics of the collector could not be sent');
  });
});

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000 && !isSo(); turn++) await nextTurn();
  expect(isSo()).toBe(true);
}

const talker = defineExtension({
  type: 'talker',
  config: z.strictObject({ hold: z.custom<(logger: Logger) => void>() }),
  create: ({ config, logger }) => ({ start: () => config.hold(logger) }),
});

interface PushingLogs extends Telling {
  readonly clock: VirtualClock;
  readonly logger: Logger;
  /** What the program's own logger got from warn on. */
  readonly lines: [string, Readonly<Record<string, unknown>>][];
}

async function pushingLogs(
  endpoint: string,
  batch: object = {},
  otlp: Partial<TelemetryOtlpConfig> = {},
): Promise<PushingLogs> {
  const clock = virtualClock();
  const lines: PushingLogs['lines'] = [];
  let logger!: Logger;
  const keep: Logger['warn'] = (message, fields = {}) => void lines.push([message, fields]);
  const exporter = { otlp: { protocol: 'grpc' as const, endpoint, ...otlp } };
  const running = await telling(
    { logs: { processors: [{ batch: { ...batch, exporter } }] } },
    { clock, logger: { ...silent, warn: keep, error: keep } },
    { extensions: [talker({ hold: (given) => (logger = given) })] },
  );
  return { ...running, clock, lines, logger };
}

function bodies(server: TestServer): unknown[] {
  return server.logRecords.map(({ body }) => body);
}

describe.each(['grpc', 'http/protobuf'] as const)('the log by %s', (protocol) => {
  it('is sent with severity, time, fields, resource and scope', async () => {
    const server = await serverForTest();
    const { clock, logger } = await pushingLogs(endpointOf(server, protocol), {}, { protocol });
    logger.warn('Said once', { error: new Error('x'), count: 2 });
    await clock.advance(1000);
    await server.waitFor(({ logRecords }) => logRecords.length >= 3);
    const record = server.logRecords.find(({ body }) => body === 'Said once') as LogRecord;
    expect(record.toObject()).toMatchObject({ severityText: 'warn' });
    expect([record.severityNumber, record.timeUnixNano]).toEqual([
      'warn',
      BigInt(Date.UTC(2026, 0, 1)) * 1_000_000n,
    ]);
    const attribute = (name: string): unknown => record.attributes.get(name);
    expect(['error', 'count', 'otelcol.component.id'].map(attribute)).toEqual(['x', 2, 'talker']);
    expect(record.resource.attributes.get('service.name')).toBe('tributary');
    expect(record.scope.name).toBe('tributary/collector');
    expect(server.requests[0]!.protocol).toBe(protocol);
  });
});

describe('the log that is sent', () => {
  it('is complete at the end, the last line included', async () => {
    const server = await serverForTest();
    const { collector } = await pushingLogs(endpointOf(server, 'grpc'));
    await collector.shutdown();
    expect(bodies(server)).toEqual([
      'Starting tributary...',
      'Everything is ready. Begin running and processing data.',
      'Starting shutdown...',
      'Shutdown complete.',
    ]);
  });

  it('goes in batches, and one by one where it is so wanted', async () => {
    const server = await serverForTest();
    const { collector, logger } = await pushingLogs(endpointOf(server, 'grpc'), { max_export_batch_size: 3 });
    for (let i = 0; i < 5; i++) logger.info(`line ${i}`);
    await collector.shutdown();
    expect(server.requests.map(({ items }) => items)).toEqual([3, 3, 3]);

    server.clear();
    const exporter = { otlp: { protocol: 'grpc' as const, endpoint: endpointOf(server, 'grpc') } };
    const simple = await telling({ logs: { processors: [{ simple: { exporter } }] } });
    await simple.collector.shutdown();
    expect(server.requests.map(({ items }) => items)).toEqual([1, 1, 1, 1]);
  });

  it('has a bound: what comes beyond is not sent, and counted', async () => {
    const server = await serverForTest();
    const { collector, logger, lines } = await pushingLogs(endpointOf(server, 'grpc'), { max_queue_size: 4 });
    for (let i = 0; i < 10; i++) logger.info(`line ${i}`);
    await collector.shutdown();
    expect(bodies(server)).toHaveLength(4);
    // Ten of ours and four of the engine.
    expect(lines).toEqual([['Lines of the log were not sent', { lost_lines: 10 }]]);
  });

  it('never tells the server that the server did not take it', async () => {
    const server = await serverForTest();
    server.refuseNext('permanent', { message: 'no' });
    const { clock, collector, lines } = await pushingLogs(endpointOf(server, 'grpc'));
    await clock.advance(1000);
    await until(() => lines.length > 0);
    expect(lines[0]).toEqual([
      'Lines of the log could not be sent',
      {
        error: expect.objectContaining({ message: expect.stringContaining('no') as unknown }) as unknown,
        lost_lines: 2,
      },
    ]);
    await collector.shutdown();
    expect(bodies(server)).not.toContain('Lines of the log could not be sent');
  });
});

it('metrics and log can go to standard output, as OTLP/JSON', () => {
  const program = `
    import { createCollector } from '@tributary/collector';
    import { memoryExporter, testReceiver } from '@tributary/testkit';
    const exporter = { console: {} };
    const collector = createCollector({
      telemetry: {
        logs: { output_paths: [], processors: [{ batch: { exporter } }] },
        metrics: { readers: [{ periodic: { exporter } }] },
      },
      pipelines: { traces: { receivers: [testReceiver()], exporters: [memoryExporter()] } },
    });
    await collector.start();
    await collector.shutdown();
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  const [metrics, logs] = lines.map((line) => JSON.parse(line) as Record<string, unknown[]>);
  expect([lines.length, metrics?.['resourceMetrics']?.length, logs?.['resourceLogs']?.length]).toEqual([
    2, 1, 1,
  ]);
  expect(lines[1]).toContain('Shutdown complete.');
});

describe.skipIf(!hasOpenssl)('a server that speaks TLS', () => {
  it.each(['grpc', 'http/protobuf'] as const)('is known by its certificate, %s', async (protocol) => {
    const certificates = new Certificates();
    onTestFinished(() => certificates.remove());
    const authority = certificates.authority('ours');
    const { certFile, keyFile } = authority.issue('backend', 'IP:127.0.0.1');
    const server = await testServer({ tls: { cert_file: certFile, key_file: keyFile } });
    onTestFinished(() => server.close());
    // Without a scheme it is TLS, unless `insecure` is set.
    const endpoint = protocol === 'grpc' ? server.grpc : server.http;
    const trusting = await pushingMetrics(endpoint, { protocol, certificate: authority.caFile });
    await trusting.source.send(sampleTraces({ spans: 3 }));
    await trusting.collector.shutdown();
    expect([passed(server), trusting.errors]).toEqual([[3], []]);

    const doubting = await pushingMetrics(endpoint, { protocol, timeout: 1 });
    const stopped = doubting.collector.shutdown();
    for (let turn = 0; turn < 1000 && doubting.errors.length === 0; turn++) {
      await doubting.clock.advance(10);
    }
    await stopped;
    expect(doubting.errors).toHaveLength(1);
    expect(passed(server)).toEqual([3]);
  });
});
