/**
 * The load of the demo: a program with the OpenTelemetry SDK that makes spans (sent by gRPC), data points
 * (HTTP with protobuf) and log records (HTTP with JSON), each with an ID of its own. The spans of a trace come from two
 * services on two hosts, each of which has an agent, and one after the other.
 *
 * Environment: AGENT_GRPC, AGENT_HTTP and OTHER_AGENT_GRPC (`host:port`), SECONDS, SPANS and RECORDS (in all).
 */
import { context, SpanStatusCode, trace, ValueType, type Tracer } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  idAttribute,
  pointsPerCollection,
  preciseNow,
  type DemoMessage,
  type DemoSignal,
} from './messages.js';
import { hasFailed } from './traces.js';

const { AGENT_GRPC = '', AGENT_HTTP = '', OTHER_AGENT_GRPC = '', SECONDS, SPANS, RECORDS } = process.env;
const tickMs = 50;
const durationMs = Number(SECONDS) * 1000;
const target = { traces: Number(SPANS), logs: Number(RECORDS) };
const sent = { traces: 0, metrics: 0, logs: 0 };
let failedExports = 0;

const tell = (message: DemoMessage): void => void process.send?.(message);
const report = (isDone: boolean): void => tell({ kind: 'load', sent, failedExports, isDone });

/** Tells when each request is given to `exporter`, by the ID of its first item, and counts those it gave up. */
function watched<T, E extends { export(items: T, done: (result: { code: number }) => void): void }>(
  exporter: E & { export(items: T, done: (result: { code: number; error?: Error }) => void): void },
  signal: DemoSignal,
  firstId: (items: T) => number,
): E {
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) => {
    tell({ kind: 'request', signal, id: firstId(items), at: preciseNow() });
    send(items, (result) => {
      if (result.code !== 0) failedExports++;
      done(result);
    });
  };
  return exporter;
}

const resource = resourceFromAttributes({ 'service.name': 'checkout', 'service.version': '1.4.2' });
// The queues hold the whole load: what the SDK would drop by itself could not be told from a loss behind it.
const queue = { maxQueueSize: target.traces + target.logs, scheduledDelayMillis: 200 };
/** At its end it sends all that waits at once; the SDK would give up what goes beyond 30 requests. */
const concurrencyLimit = 1000;
/** The traces of one service, which go to the agent of its host. */
const tracerProviderOf = (service: string, agent: string): BasicTracerProvider =>
  new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': '1.4.2' }),
    spanProcessors: [
      new BatchSpanProcessor(
        watched(new OTLPTraceExporter({ url: `http://${agent}`, concurrencyLimit }), 'traces', (spans) =>
          Number(spans[0]!.attributes[idAttribute]),
        ),
        queue,
      ),
    ],
  });
const tracerProvider = tracerProviderOf('checkout', AGENT_GRPC);
const otherTracerProvider = tracerProviderOf('payment', OTHER_AGENT_GRPC);
const meterProvider = new MeterProvider({
  resource,
  readers: [
    new PeriodicExportingMetricReader({
      exporter: watched(
        new OTLPMetricExporter({ url: `http://${AGENT_HTTP}/v1/metrics`, concurrencyLimit }),
        'metrics',
        ({ scopeMetrics }) => Number(scopeMetrics[0]!.metrics[0]!.dataPoints[0]!.value),
      ),
      exportIntervalMillis: 500,
    }),
  ],
});
const loggerProvider = new LoggerProvider({
  resource,
  processors: [
    new BatchLogRecordProcessor({
      exporter: watched(
        new OTLPLogExporter({ url: `http://${AGENT_HTTP}/v1/logs`, concurrencyLimit }),
        'logs',
        (records) => Number(records[0]!.attributes[idAttribute]),
      ),
      ...queue,
    }),
  ],
});
const tracer = tracerProvider.getTracer('checkout');
const otherTracer = otherTracerProvider.getTracer('payment');
const logger = loggerProvider.getLogger('checkout');
meterProvider
  .getMeter('checkout')
  .createObservableGauge('checkout.cart.items', { valueType: ValueType.INT })
  .addCallback((gauge) => {
    for (let slot = 0; slot < pointsPerCollection; slot++) gauge.observe(sent.metrics++, { slot });
  });

/** How long the last span of a trace is on its way, after the others. */
const rootMs = 400;
/** Traces that somebody may ask about. */
const knownTraces = 100;
const firstTraces: string[] = [];
let traceCount = 0;
let underWay = 0;

/** One trace: a request, and four calls that it makes. */
function makeTrace(): void {
  const root = tracer.startSpan('POST /checkout', {
    attributes: { [idAttribute]: sent.traces++, 'http.request.method': 'POST', 'url.path': '/checkout' },
  });
  const isFailed = hasFailed(traceCount++);
  if (firstTraces.length < knownTraces) {
    firstTraces.push(root.spanContext().traceId);
    if (firstTraces.length === knownTraces) tell({ kind: 'traces', ids: firstTraces });
  }
  const inRoot = trace.setSpan(context.active(), root);
  const call = (by: Tracer, name: string): void => {
    const attributes = {
      [idAttribute]: sent.traces++,
      'peer.service': name,
      'server.address': `${name}.local`,
    };
    const span = by.startSpan(name, { attributes }, inRoot);
    if (isFailed && name === 'payment') span.setStatus({ code: SpanStatusCode.ERROR, message: 'declined' });
    span.end();
  };
  call(tracer, 'cart');
  call(tracer, 'stock');
  call(otherTracer, 'payment');
  call(otherTracer, 'mail');
  underWay++;
  setTimeout(() => {
    if (isFailed) root.setStatus({ code: SpanStatusCode.ERROR, message: 'declined' });
    root.end();
    underWay--;
  }, rootMs);
}

function makeRecord(): void {
  logger.emit({
    severityNumber: SeverityNumber.INFO,
    severityText: 'INFO',
    body: 'order placed',
    attributes: { [idAttribute]: sent.logs++, 'order.currency': 'EUR' },
  });
}

let tick = 0;
const startedAt = performance.now();
const timer = setInterval(() => {
  tick++;
  // By the clock, not by ticks: a busy machine skips some.
  const share = Math.min((performance.now() - startedAt) / durationMs, 1);
  while (sent.traces < target.traces * share) makeTrace();
  while (sent.logs < target.logs * share) makeRecord();
  if (tick % 4 === 0) report(false);
  if (share < 1) return;
  if (underWay > 0) return;
  clearInterval(timer);
  void finish();
}, tickMs);

async function finish(): Promise<void> {
  const ends = [tracerProvider, otherTracerProvider, meterProvider, loggerProvider].map((provider) =>
    provider.shutdown(),
  );
  // What the SDK waited for too long may have arrived all the same: the backend counts.
  for (const end of await Promise.allSettled(ends)) {
    if (end.status === 'rejected') console.error(String(end.reason));
  }
  report(true);
  process.disconnect();
}
