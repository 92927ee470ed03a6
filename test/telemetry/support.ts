import { request, type IncomingHttpHeaders } from 'node:http';
import {
  createCollector,
  type Collector,
  type CollectorOptions,
  type TelemetryConfig,
} from '@tributary/collector';
import { defineProcessor, type Logger, type Runtime } from '@tributary/component';
import { memoryExporter, testReceiver, type MemorySink, type TestSource } from '@tributary/testkit';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { parsePrometheusText, type ParsedFamily } from '../support/prometheus-text.js';

export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Counts what passes in a metric of its own, `test_passed`, whose unit is bananas. */
const counting = defineProcessor({
  type: 'counting',
  config: z.strictObject({}),
  traces({ meter }) {
    const passed = meter.createCounter('test_passed', { unit: 'banana', description: 'What has passed' });
    return { process: (traces) => passed.add(traces.itemCount) };
  },
});

export interface Telling {
  readonly collector: Collector;
  readonly source: TestSource;
  readonly sink: MemorySink;
}

/** For the time of a test: a running collector of two parts that tells about itself as the config says. */
export async function telling(
  telemetry: TelemetryConfig,
  runtime: Partial<Runtime> = { logger: silent },
  more: Partial<CollectorOptions> = {},
): Promise<Telling> {
  const source = testReceiver();
  const sink = memoryExporter();
  const collector = createCollector({
    telemetry,
    runtime,
    pipelines: { traces: { receivers: [source], processors: [counting()], exporters: [sink] } },
    ...more,
  });
  onTestFinished(() => collector.shutdown());
  await collector.start();
  return { collector, source, sink };
}

/** A pull reader on a free port, with the Collector's defaults and what a test sets. */
export function pull(options: object = {}): NonNullable<TelemetryConfig['metrics']> {
  return { readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: 0, ...options } } } }] };
}

/** What a scrape of a collector with one pull reader gives. */
export async function scrape(collector: Collector): Promise<{
  readonly text: string;
  readonly families: ReadonlyMap<string, ParsedFamily>;
}> {
  const reply = await fetch(urlOf(collector), { headers: { connection: 'close' } });
  const text = await reply.text();
  return { text, families: parsePrometheusText(text) };
}

export function urlOf(collector: Collector): string {
  return `http://${collector.addresses()['service.telemetry']!['prometheus']}/metrics`;
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export function portOf(collector: Collector): number {
  return Number(collector.addresses()['service.telemetry']!['prometheus']!.split(':').at(-1));
}

/** What a reader of the collector answers at a path, whatever it is called by. */
export function ask(
  collector: Collector,
  {
    path = '/balance',
    host,
    method = 'GET',
  }: { readonly path?: string; readonly host?: string; readonly method?: string } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = { connection: 'close', ...(host !== undefined && { host }) };
    request({ host: '127.0.0.1', port: portOf(collector), path, method, headers }, (reply) => {
      let body = '';
      reply.setEncoding('utf8').on('data', (text: string) => (body += text));
      reply.on('end', () => resolve({ status: reply.statusCode!, headers: reply.headers, body }));
    })
      .on('error', reject)
      .end();
  });
}

/** The value of a series, by its labels. */
export function valueOf(
  families: ReadonlyMap<string, ParsedFamily>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  return families
    .get(name)
    ?.samples.find((sample) =>
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )?.value;
}
