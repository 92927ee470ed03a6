import { createCollector } from '@tributary/collector';
import type { ConsumeErrorKind } from '@tributary/component';
import { Traces } from '@tributary/pdata';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { memoryExporter, sampleTraces } from '@tributary/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call, methodPaths, post, protobuf } from '../receiver-otlp/support.js';
import { pull, scrape, silent } from './support.js';

type Counts = readonly [accepted: number, refused: number, failed: number] | undefined;

/** What the receiver counts of three spans that come by one protocol and meet a refusal of so many of them. */
async function counts(
  protocol: 'grpc' | 'http',
  refusal: { readonly kind: ConsumeErrorKind; readonly items?: number } | undefined,
  request: Traces = sampleTraces({ spans: 3 }),
): Promise<Counts> {
  const endpoint = '127.0.0.1:0';
  const sink = memoryExporter();
  if (refusal !== undefined) sink.refuseNext(refusal.kind, refusal);
  const otlp = otlpReceiver({ protocols: { grpc: { endpoint }, http: { endpoint } } });
  const collector = createCollector({
    telemetry: { metrics: pull() },
    runtime: { logger: silent },
    pipelines: { traces: { receivers: [otlp], exporters: [sink] } },
  });
  onTestFinished(() => collector.shutdown());
  await collector.start();
  const { grpc, http } = collector.addresses()['otlp']!;
  if (protocol === 'grpc') await call(grpc!, methodPaths.traces, request.toBytes());
  else await (await post(`http://${http}/v1/traces`, request.toBytes(), protobuf)).arrayBuffer();
  const { families } = await scrape(collector);
  const series = ['accepted', 'refused', 'failed'].flatMap(
    (name) => families.get(`otelcol_receiver_${name}_spans`)?.samples ?? [],
  );
  for (const { labels } of series) expect(labels).toEqual({ receiver: 'otlp', transport: protocol });
  return series.length === 0 ? undefined : (series.map(({ value }) => value) as unknown as Counts);
}

describe.each(['grpc', 'http'] as const)('a request by %s counts', (protocol) => {
  it('as accepted when it was taken', async () => {
    expect(await counts(protocol, undefined)).toEqual([3, 0, 0]);
  });
  it.each(['refused', 'retryable', 'permanent'] as const)(
    'as refused when the pipeline is %s',
    async (kind) => {
      expect(await counts(protocol, { kind })).toEqual([0, 3, 0]);
    },
  );
  it('by its parts when a part was taken', async () => {
    expect(await counts(protocol, { kind: 'permanent', items: 1 })).toEqual([2, 1, 0]);
  });
  it('not at all when it is empty', async () => {
    expect(await counts(protocol, undefined, Traces.create())).toBeUndefined();
  });
});
