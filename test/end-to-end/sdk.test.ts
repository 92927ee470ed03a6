import { context, metrics, trace, ValueType, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import * as logGrpc from '@opentelemetry/exporter-logs-otlp-grpc';
import * as logJson from '@opentelemetry/exporter-logs-otlp-http';
import * as logProto from '@opentelemetry/exporter-logs-otlp-proto';
import * as metricGrpc from '@opentelemetry/exporter-metrics-otlp-grpc';
import * as metricJson from '@opentelemetry/exporter-metrics-otlp-http';
import * as metricProto from '@opentelemetry/exporter-metrics-otlp-proto';
import * as traceGrpc from '@opentelemetry/exporter-trace-otlp-grpc';
import * as traceJson from '@opentelemetry/exporter-trace-otlp-http';
import * as traceProto from '@opentelemetry/exporter-trace-otlp-proto';
import {
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { AggregationType, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { createCollector, systemRuntime, type Collector } from '@tributary/collector';
import { otlpExporter } from '@tributary/exporter-otlp';
import { batch } from '@tributary/processor-batch';
import { memoryLimiter } from '@tributary/processor-memorylimiter';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { createUnaryServer } from '@tributary/transport';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decode, encode, type Plain } from '../../packages/pdata/test/oracle.js';

const signals = ['traces', 'metrics', 'logs'] as const;
type Signal = (typeof signals)[number];

/** Requests as bytes, by signal. */
type Requests = Record<Signal, Uint8Array[]>;

const requestOf = { traces: 'TracesRequest', metrics: 'MetricsRequest', logs: 'LogsRequest' } as const;
const serviceOf = {
  traces: 'trace.v1.TraceService',
  metrics: 'metrics.v1.MetricsService',
  logs: 'logs.v1.LogsService',
} as const;

/** Where records stand in a decoded request. */
const fieldsOf = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
} as const;

/** Every record with all that surrounds it, each as text, sorted: batching may regroup, and must change nothing. */
function recordsOf(signal: Signal, requests: readonly Uint8Array[]): string[] {
  const [groups, scopes, records] = fieldsOf[signal];
  const list = (value: unknown): Plain[] => (value as Plain[] | undefined) ?? [];
  return requests
    .flatMap((bytes) => list(decode(requestOf[signal], bytes)[groups]))
    .flatMap((group) =>
      list(group[scopes]).flatMap((scope) =>
        list(scope[records]).map((record) =>
          text([group['resource'], group['schemaUrl'], scope['scope'], scope['schemaUrl'], record]),
        ),
      ),
    )
    .sort();
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner));
}

/** A backend that keeps what it gets: a bare gRPC server, none of our receiver in it. */
async function startBackend(): Promise<{ address: string; received: Requests }> {
  const received: Requests = { traces: [], metrics: [], logs: [] };
  const server = createUnaryServer({
    runtime: systemRuntime(),
    endpoint: '127.0.0.1:0',
    methods: new Map(
      signals.map((signal) => [
        `/opentelemetry.proto.collector.${serviceOf[signal]}/Export`,
        {
          handle({ message }) {
            received[signal].push(message);
            return new Uint8Array();
          },
        },
      ]),
    ),
  });
  const address = await server.listen();
  onTestFinished(() => server.close(AbortSignal.abort()));
  return { address, received };
}

/** OTLP in, memory limiter, batch, OTLP out. */
async function startHop(endpoint: string): Promise<Collector> {
  const otlp = otlpReceiver({
    protocols: { grpc: { endpoint: '127.0.0.1:0' }, http: { endpoint: '127.0.0.1:0' } },
  });
  const exporter = otlpExporter({ endpoint, tls: { insecure: true } });
  const guard = memoryLimiter({ check_interval: '1s', limit_mib: 4096 });
  const pipeline = { receivers: [otlp], processors: [guard, batch()], exporters: [exporter] };
  const collector = createCollector({
    pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline },
  });
  await collector.start();
  onTestFinished(() => collector.shutdown());
  return collector;
}

/** Keeps what an exporter of the SDK is given, serialised by the SDK's own code. */
function recorded<E extends { export(items: never, done: never): void }>(
  exporter: E,
  serialize: (items: never) => Uint8Array | undefined,
  into: Uint8Array[],
): E {
  const send = exporter.export.bind(exporter);
  exporter.export = (items: never, done: never) => {
    into.push(serialize(items)!);
    send(items, done);
  };
  return exporter;
}

const exportersOf = {
  gRPC: {
    trace: traceGrpc.OTLPTraceExporter,
    metric: metricGrpc.OTLPMetricExporter,
    log: logGrpc.OTLPLogExporter,
  },
  'HTTP with protobuf': {
    trace: traceProto.OTLPTraceExporter,
    metric: metricProto.OTLPMetricExporter,
    log: logProto.OTLPLogExporter,
  },
  'HTTP with JSON': {
    trace: traceJson.OTLPTraceExporter,
    metric: metricJson.OTLPMetricExporter,
    log: logJson.OTLPLogExporter,
  },
} as const;
type Protocol = keyof typeof exportersOf;

/** A program with the SDK; resolves with what its exporters were given. */
async function runProgram(protocol: Protocol, agent: Collector): Promise<Requests> {
  const sent: Requests = { traces: [], metrics: [], logs: [] };
  const { trace: TraceExporter, metric: MetricExporter, log: LogExporter } = exportersOf[protocol];
  const { grpc, http } = agent.addresses()['otlp']!;
  const url = (path: string): string =>
    protocol === 'gRPC' ? `http://${grpc}` : `http://${http}/v1/${path}`;
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({ 'service.name': 'shop', 'service.version': '1.2.3' }),
    traceExporter: recorded(
      new TraceExporter({ url: url('traces') }),
      (spans) => ProtobufTraceSerializer.serializeRequest(spans),
      sent.traces,
    ),
    metricReaders: [
      new PeriodicExportingMetricReader({
        exporter: recorded(
          new MetricExporter({ url: url('metrics') }),
          (data) => ProtobufMetricsSerializer.serializeRequest(data),
          sent.metrics,
        ),
        exportIntervalMillis: 3_600_000,
      }),
    ],
    logRecordProcessors: [
      new BatchLogRecordProcessor({
        exporter: recorded(
          new LogExporter({ url: url('logs') }),
          (records) => ProtobufLogsSerializer.serializeRequest(records),
          sent.logs,
        ),
      }),
    ],
    views: [{ instrumentName: 'shop.size', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
    instrumentations: [],
  });
  sdk.start();
  try {
    makeTelemetry();
  } finally {
    await sdk.shutdown();
    for (const api of [trace, metrics, logs, context]) api.disable();
  }
  return sent;
}

function makeTelemetry(): void {
  const tracer = trace.getTracer('shop', '0.1');
  for (let i = 0; i < 50; i++) {
    const parent = tracer.startSpan(`order ${i}`, {
      kind: SpanKind.SERVER,
      attributes: { text: 'Grüße 🌍', whole: 42, real: 1.5, yes: true, list: ['a', 'b'], big: 2 ** 52 },
    });
    parent.addEvent('paid', { amount: 12.25 });
    const child = tracer.startSpan(
      'charge',
      { kind: SpanKind.CLIENT, links: [{ context: parent.spanContext(), attributes: { why: 'retry' } }] },
      trace.setSpan(context.active(), parent),
    );
    child.setStatus({ code: SpanStatusCode.ERROR, message: 'card declined' });
    child.end();
    parent.end();
  }
  const meter = metrics.getMeter('shop', '0.1');
  for (const shop of ['Oslo', 'Rome']) {
    meter.createCounter('shop.orders', { unit: '{order}', description: 'Orders' }).add(3, { shop });
    meter.createUpDownCounter('shop.carts', { valueType: ValueType.INT }).add(-2, { shop });
    meter.createGauge('shop.load').record(0.75, { shop });
    meter.createHistogram('shop.duration', { unit: 's' }).record(0.3, { shop });
    const size = meter.createHistogram('shop.size');
    for (const value of [0, 1, 5, 1000]) size.record(value, { shop });
  }
  meter.createObservableGauge('shop.heat').addCallback((gauge) => gauge.observe(21.5));
  const logger = logs.getLogger('shop', '0.1');
  for (let i = 0; i < 50; i++) {
    logger.emit({
      severityNumber: SeverityNumber.WARN,
      severityText: 'WARN',
      body: { order: i, lines: ['one', 'two'], nested: { deep: true } },
      attributes: { 'order.id': `o-${i}` },
      eventName: 'order.placed',
    });
  }
}

describe('a program with the OpenTelemetry SDK, an agent and a gateway', () => {
  it.each(Object.keys(exportersOf) as Protocol[])(
    'arrives field by field as it was sent by %s',
    async (protocol) => {
      const backend = await startBackend();
      const gateway = await startHop(backend.address);
      const agent = await startHop(gateway.addresses()['otlp']!['grpc']!);
      const sent = await runProgram(protocol, agent);
      await agent.shutdown();
      await gateway.shutdown();
      for (const signal of signals) {
        const expected = recordsOf(signal, sent[signal]);
        expect(expected.length).toBeGreaterThan(5);
        expect(recordsOf(signal, backend.received[signal])).toEqual(expected);
      }
      const kinds = new Set(
        backend.received.metrics.flatMap((bytes) => recordsOf('metrics', [bytes]).map(kindOfMetric)),
      );
      expect(kinds).toEqual(new Set(['exponentialHistogram', 'gauge', 'histogram', 'sum']));
    },
  );

  it('passes summaries on, which the SDK does not make', async () => {
    const backend = await startBackend();
    const gateway = await startHop(backend.address);
    const agent = await startHop(gateway.addresses()['otlp']!['grpc']!);
    const quantiles = [
      { quantile: 0.5, value: 10.5 },
      { quantile: 0.99, value: 99 },
    ];
    const request = encode('MetricsRequest', {
      resourceMetrics: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
          scopeMetrics: [
            {
              metrics: [
                { name: 's', summary: { dataPoints: [{ count: '7', sum: 70, quantileValues: quantiles }] } },
              ],
            },
          ],
        },
      ],
    });
    const { http } = agent.addresses()['otlp']!;
    const reply = await fetch(`http://${http}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: request,
    });
    expect(reply.status).toBe(200);
    await agent.shutdown();
    await gateway.shutdown();
    expect(recordsOf('metrics', backend.received.metrics)).toEqual(recordsOf('metrics', [request]));
  });
});

function kindOfMetric(record: string): string | undefined {
  return /"(gauge|sum|histogram|exponentialHistogram|summary)":\{"dataPoints"/.exec(record)?.[1];
}
