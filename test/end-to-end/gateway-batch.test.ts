import { gunzipSync } from 'node:zlib';
import { createCollector } from '@tributary/collector';
import type { ExporterRef, Signal } from '@tributary/component';
import { otlpExporter } from '@tributary/exporter-otlp';
import { otlpHttpExporter } from '@tributary/exporter-otlphttp';
import { Traces } from '@tributary/pdata';
import { batch } from '@tributary/processor-batch';
import { memoryLimiter } from '@tributary/processor-memorylimiter';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { memoryExporter, sampleTraces, testReceiver } from '@tributary/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keepingLogger } from '../receiver-otlp/support.js';
import { encode, grpcBackend, httpBackend } from './scripted-backend.js';

// The gateway of the Collector's documentation collects 10,000 to 20,000 spans. That is more than the 4 MiB
// that a stock server takes of a request; the Collector loses them all.

const gateway = {
  memory_limiter: { check_interval: '1s', limit_mib: 2048, spike_limit_mib: 512 },
  batch: { send_batch_size: 10_000, send_batch_max_size: 20_000, timeout: '10s' },
  retry_on_failure: { enabled: true, initial_interval: '5s', max_interval: '60s', max_elapsed_time: '0s' },
  sending_queue: { enabled: true, num_consumers: 4, queue_size: 20_000 },
} as const;
const { retry_on_failure, sending_queue } = gateway;

const stockLimit = 4 << 20;
const spans = 25_000;

const idsOf = (traces: Traces): string[] => [...traces.spans()].map((span) => span.spanId);

/** Spans of half a KiB, as instrumented services send them, in requests of a thousand. */
const requests: readonly Uint8Array[] = Array.from({ length: spans / 1000 }, (_, n) => {
  const traces = sampleTraces({ spans: 1000, seed: n + 1 });
  const url = `https://shop.example/${'x'.repeat(280)}`;
  for (const span of traces.spans()) span.attributes.set('url.full', url);
  return traces.toBytes();
});
const sent: readonly string[] = requests.flatMap((request) => idsOf(Traces.from(request))).sort();

interface Outcome {
  readonly dropped: number;
  readonly lines: readonly string[];
}

/** Sends all of it through the gateway, which ends when everything is delivered. */
async function through(exporter: ExporterRef<Signal>): Promise<Outcome> {
  const source = testReceiver();
  const lines: string[] = [];
  const processors = [memoryLimiter(gateway.memory_limiter), batch(gateway.batch)];
  const collector = createCollector({
    pipelines: { traces: { receivers: [source], processors, exporters: [exporter] } },
    runtime: { logger: keepingLogger(lines) },
  });
  onTestFinished(() => collector.shutdown());
  await collector.start();
  for (const request of requests) await source.send(Traces.from(request));
  await collector.shutdown();
  const dropped = collector
    .balance()
    .components.flatMap((line) => [...line.dropped.values()])
    .reduce((sum, items) => sum + items, 0);
  return { dropped, lines };
}

/** A backend's memory. */
function store(): { ids: string[]; sizes: number[]; take: (request: Buffer) => void } {
  const ids: string[] = [];
  const sizes: number[] = [];
  return {
    ids,
    sizes,
    take(request) {
      sizes.push(request.byteLength);
      ids.push(...idsOf(Traces.from(request)));
    },
  };
}

/** Everything once, and nothing said of a loss. */
function expectAll({ dropped, lines }: Outcome, arrived: readonly string[]): void {
  expect(sent).toHaveLength(spans);
  expect(arrived).toHaveLength(spans);
  expect([...arrived].sort()).toEqual(sent);
  expect(dropped).toBe(0);
  expect(lines.filter((line) => line.startsWith('error'))).toEqual([]);
}

describe('the batches of a gateway arrive whole', () => {
  it('at our own receiver with its defaults', async () => {
    const otlp = otlpReceiver({ protocols: { grpc: { endpoint: '127.0.0.1:0' } } });
    const sink = memoryExporter();
    const backend = createCollector({
      pipelines: { traces: { receivers: [otlp], exporters: [sink] } },
      runtime: { logger: keepingLogger([]) },
    });
    onTestFinished(() => backend.shutdown());
    await backend.start();
    const endpoint = backend.addresses()['otlp']!['grpc']!;
    const exporter = otlpExporter({ endpoint, tls: { insecure: true }, retry_on_failure, sending_queue });
    const outcome = await through(exporter);
    expectAll(
      outcome,
      sink.spans.map((span) => span.spanId),
    );
    expect(Math.max(...sink.batches.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(stockLimit);
  });

  it.each(['gzip', 'none'] as const)(
    'at the stock server of grpc-js, compressed by %s',
    async (compression) => {
      const { ids, sizes, take } = store();
      const { endpoint, close } = await grpcBackend((request) => {
        take(request);
        return Buffer.alloc(0);
      }, stockLimit);
      onTestFinished(close);
      const tls = { insecure: true };
      expectAll(
        await through(otlpExporter({ endpoint, tls, compression, retry_on_failure, sending_queue })),
        ids,
      );
      expect(Math.max(...sizes)).toBeLessThanOrEqual(stockLimit);
      // What is learnt once is kept to: the refused ones would else be most of all requests.
      expect(sizes.length).toBeLessThan(12);
    },
  );

  it('at a server of tonic, whose words come with a code after which clients send again', async () => {
    const { ids, take } = store();
    let refused = 0;
    const { endpoint, close } = await grpcBackend((request) => {
      const { byteLength } = request;
      if (byteLength > stockLimit) {
        refused++;
        const message = `Error, decoded message length too large: found ${byteLength} bytes, the limit is: ${stockLimit} bytes`;
        return { code: 11, message };
      }
      take(request);
      return Buffer.alloc(0);
    });
    onTestFinished(close);
    const tls = { insecure: true };
    expectAll(await through(otlpExporter({ endpoint, tls, retry_on_failure, sending_queue })), ids);
    expect(refused).toBeGreaterThan(0);
  });

  it.each([
    [
      '413 of a proxy, which names no limit',
      { status: 413, headers: { 'content-type': 'text/html' }, body: '<p>' },
    ],
    [
      '400 of a Collector',
      {
        status: 400,
        headers: { 'content-type': 'application/x-protobuf' },
        body: encode('Status', { code: 3, message: 'http: request body too large' }),
      },
    ],
  ])('at a server by HTTP that answers %s', async (_, refusal) => {
    const { ids, sizes, take } = store();
    const { endpoint, close } = await httpBackend((request) => {
      const body = gunzipSync(request);
      if (body.byteLength > 1 << 20) return refusal;
      take(body);
      return { status: 200 };
    });
    onTestFinished(close);
    expectAll(await through(otlpHttpExporter({ endpoint, retry_on_failure, sending_queue })), ids);
    // Cut as little as need be.
    expect(sizes.length).toBeLessThan(100);
  });

  it('but for a span that is too large by itself, which is dropped alone, and said so', async () => {
    const { ids, take } = store();
    const { endpoint, close } = await grpcBackend((request) => {
      take(request);
      return Buffer.alloc(0);
    }, stockLimit);
    onTestFinished(close);
    const source = testReceiver();
    const lines: string[] = [];
    const exporter = otlpExporter({ endpoint, tls: { insecure: true }, retry_on_failure, sending_queue });
    const collector = createCollector({
      pipelines: {
        traces: { receivers: [source], processors: [batch(gateway.batch)], exporters: [exporter] },
      },
      runtime: { logger: keepingLogger(lines) },
    });
    onTestFinished(() => collector.shutdown());
    await collector.start();
    const traces = sampleTraces({ spans: 1000 });
    [...traces.spans()][500]!.attributes.set('body', 'x'.repeat(5 << 20));
    await source.send(Traces.from(traces.toBytes()));
    await collector.shutdown();
    expect(ids).toHaveLength(999);
    const line = collector.balance().components.find(({ kind }) => kind === 'exporter')!;
    expect([...line.dropped]).toEqual([['too_large', 1]]);
    const said = lines.filter((text) => text.includes('"dropped_items"'));
    expect(said).toEqual([expect.stringMatching(/^error: .*"dropped_items":1,"reason":"too_large"/)]);
  });
});
