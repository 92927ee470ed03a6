import { createCollector, systemRuntime, type TelemetryMetricsLevel } from '@tributary/collector';
import { otlpExporter } from '@tributary/exporter-otlp';
import { otlpGrpcClient, otlpHttpClient } from '@tributary/otlp';
import { batch } from '@tributary/processor-batch';
import { memoryLimiter } from '@tributary/processor-memorylimiter';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { sampleLogs, sampleMetrics, sampleTraces, testServer } from '@tributary/testkit';
import { createHttpClient, createUnaryClient } from '@tributary/transport';
import { defineProcessor } from '@tributary/component';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { pull, scrape, silent, valueOf } from './support.js';

/**
 * The Collector's metrics and the level from which they are told. In the way of a name: `spans` stands for what
 * each signal has.
 */
const table: Readonly<Record<'basic' | 'normal' | 'detailed', readonly string[]>> = {
  basic: [
    'otelcol_process_uptime',
    'otelcol_process_cpu_seconds',
    'otelcol_process_memory_rss',
    'otelcol_process_runtime_heap_alloc_bytes',
    'otelcol_process_runtime_total_sys_memory_bytes',
    ...perSignal('otelcol_receiver_accepted'),
    ...perSignal('otelcol_receiver_refused'),
    ...perSignal('otelcol_receiver_failed'),
    'otelcol_processor_incoming_items',
    'otelcol_processor_outgoing_items',
    ...perSignal('otelcol_processor_memory_limiter_accepted'),
    ...perSignal('otelcol_exporter_sent'),
    'otelcol_exporter_queue_size',
    'otelcol_exporter_queue_capacity',
    'otelcol_exporter_in_flight_requests',
  ],
  normal: [
    'otelcol_processor_batch_batch_send_size',
    'otelcol_processor_batch_batch_size_trigger_send',
    'otelcol_processor_batch_metadata_cardinality',
  ],
  detailed: [
    'otelcol_processor_internal_duration',
    'otelcol_processor_batch_batch_send_size_bytes',
    'otelcol_exporter_enqueue_size',
    'otelcol_exporter_enqueue_size_bytes',
    'otelcol_exporter_queue_batch_send_size',
    'otelcol_exporter_queue_batch_send_size_bytes',
  ],
};
/** What only some runs have: Node must tell it, a timer must have struck. */
const sometimes: ReadonlySet<string> = new Set([
  'otelcol_process_runtime_total_alloc_bytes',
  'otelcol_processor_batch_timeout_trigger_send',
]);

function perSignal(name: string): string[] {
  return ['spans', 'metric_points', 'log_records'].map((items) => `${name}_${items}`);
}

const through = defineProcessor({
  type: 'through',
  config: z.strictObject({}),
  traces: () => ({ process() {} }),
  metrics: () => ({ process() {} }),
  logs: () => ({ process() {} }),
});

/** Sends one request of each signal through a whole collector, by gRPC, and one of traces by HTTP. */
async function namesAt(
  level: TelemetryMetricsLevel,
): Promise<Awaited<ReturnType<typeof scrape>>['families']> {
  const server = await testServer();
  onTestFinished(() => server.close());
  const endpoint = '127.0.0.1:0';
  const parts = {
    receivers: [otlpReceiver({ protocols: { grpc: { endpoint }, http: { endpoint } } })],
    processors: [
      memoryLimiter({ check_interval: '1h', limit_mib: 100_000 }),
      through(),
      batch({ send_batch_size: 1 }),
    ],
    exporters: [
      otlpExporter({
        endpoint: server.grpc,
        tls: { insecure: true },
        sending_queue: { batch: { flush_timeout: '10ms', min_size: 1 } },
      }),
    ],
  };
  const collector = createCollector({
    telemetry: { metrics: { level, ...pull() } },
    runtime: { logger: silent },
    pipelines: { traces: parts, metrics: parts, logs: parts },
  });
  onTestFinished(() => collector.shutdown());
  await collector.start();
  await sendTo(collector.addresses()['otlp']!);
  await server.waitFor(({ items }) => items === 5);
  // The exporter counts when the answer is in, which is a little later than the request was.
  for (let attempt = 0; attempt < 200; attempt++) {
    const { families } = await scrape(collector);
    const sent = perSignal('otelcol_exporter_sent').map((name) => valueOf(families, name) ?? 0);
    if (sent.reduce((sum, items) => sum + items) === 5) return families;
  }
  throw new Error('the exporter has not counted what the server has');
}

async function sendTo(addresses: Readonly<Record<string, string>>): Promise<void> {
  const runtime = systemRuntime({ logger: silent });
  const tls = { insecure: true, insecure_skip_verify: false };
  const grpc = otlpGrpcClient(createUnaryClient({ runtime, endpoint: addresses['grpc']!, tls }));
  const url = `http://${addresses['http']}/v1/traces`;
  const urls = { traces: url, metrics: url, logs: url, profiles: url };
  const http = otlpHttpClient(createHttpClient({ runtime, tls }), {
    clock: runtime.clock,
    urls,
    encoding: 'proto',
  });
  const attempt = { signal: new AbortController().signal, timeoutMs: 10_000 };
  await grpc.send(sampleTraces({ spans: 2 }), attempt);
  await grpc.send(sampleMetrics({ dataPoints: 1 }), attempt);
  await grpc.send(sampleLogs({ records: 1 }), attempt);
  await http.send(sampleTraces({ spans: 1 }), attempt);
  await Promise.all([grpc.close(), http.close()]);
}

describe.each([
  ['basic', table.basic],
  ['normal', [...table.basic, ...table.normal]],
  ['detailed', [...table.basic, ...table.normal, ...table.detailed]],
] as const)('level %s', (level, expected) => {
  it('has the metrics of its line in the table, and no others', async () => {
    const families = await namesAt(level);
    const names = [...families.keys()].filter((name) => name.startsWith('otelcol_') && !sometimes.has(name));
    expect(names.sort()).toEqual([...expected].sort());
  });
});

it('each has the type of the table', async () => {
  const families = await namesAt('detailed');
  const gauges = [
    'otelcol_process_memory_rss',
    'otelcol_process_runtime_heap_alloc_bytes',
    'otelcol_process_runtime_total_sys_memory_bytes',
    'otelcol_exporter_queue_size',
    'otelcol_exporter_queue_capacity',
    'otelcol_exporter_in_flight_requests',
    'otelcol_processor_batch_metadata_cardinality',
  ];
  const isHistogram = (name: string): boolean =>
    /_(duration|size|size_bytes)$/.test(name) && !gauges.includes(name);
  for (const { name, type } of families.values()) {
    if (!name.startsWith('otelcol_')) continue;
    const expected = gauges.includes(name) ? 'gauge' : isHistogram(name) ? 'histogram' : 'counter';
    expect([name, type]).toEqual([name, expected]);
  }
});

it('the figures are those of what was sent, by the way it came', async () => {
  const families = await namesAt('normal');
  const of = (name: string, transport: string): number | undefined =>
    valueOf(families, `otelcol_receiver_${name}`, { receiver: 'otlp', transport });
  expect([of('accepted_spans', 'grpc'), of('accepted_spans', 'http')]).toEqual([2, 1]);
  expect([of('refused_spans', 'grpc'), of('failed_spans', 'grpc')]).toEqual([0, 0]);
  expect([of('accepted_metric_points', 'grpc'), of('accepted_metric_points', 'http')]).toEqual([
    1,
    undefined,
  ]);
  const batched = { processor: 'batch', otel_signal: 'traces' };
  expect(valueOf(families, 'otelcol_processor_incoming_items', batched)).toBe(3);
  expect(valueOf(families, 'otelcol_processor_outgoing_items', batched)).toBe(3);
});
