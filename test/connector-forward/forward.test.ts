import { createCollector, imbalances, type Collector } from '@tributary/collector';
import { ConsumeError, createContext, defineExporter, type Batch, type Signal } from '@tributary/component';
import { forward } from '@tributary/connector-forward';
import { Profiles } from '@tributary/pdata';
import {
  memoryExporter,
  sampleLogs,
  sampleMetrics,
  sampleTraces,
  testReceiver,
  type MemorySink,
  type TestSource,
} from '@tributary/testkit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

/** Without a log on the console. */
const runtime = { logger: { debug() {}, info() {}, warn() {}, error() {} } };

interface Bench extends AsyncDisposable {
  readonly source: TestSource;
  readonly sink: MemorySink;
  readonly collector: Collector;
}

/** A source, the connector, and a sink behind it, for every signal. */
async function bench(): Promise<Bench> {
  const source = testReceiver();
  const sink = memoryExporter();
  const joined = forward();
  const front = { receivers: [source], exporters: [joined] };
  const back = { receivers: [joined], exporters: [sink] };
  const collector = createCollector({
    runtime,
    pipelines: {
      traces: front,
      metrics: front,
      logs: front,
      profiles: front,
      'traces/back': back,
      'metrics/back': back,
      'logs/back': back,
      'profiles/back': back,
    },
  });
  await collector.start();
  return { source, sink, collector, [Symbol.asyncDispose]: () => collector.shutdown({ graceMs: 0 }) };
}

async function refusalOf(sending: Promise<void>): Promise<ConsumeError> {
  return sending.then(
    () => expect.fail('was accepted'),
    (error: unknown) => error as ConsumeError,
  );
}

const batches: Readonly<Record<Signal, () => Batch<Signal>>> = {
  traces: () => sampleTraces({ spans: 5 }),
  metrics: () => sampleMetrics({ dataPoints: 5 }),
  logs: () => sampleLogs({ records: 5 }),
  profiles: () =>
    Profiles.fromJson(
      '{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"samples":[{"values":["1"]}]}]}]}]}',
    ),
};

describe.each(['traces', 'metrics', 'logs', 'profiles'] as const)('%s', (signal) => {
  it('pass as they are, with their context', async () => {
    await using b = await bench();
    const batch = batches[signal]();
    const bytes = batch.toBytes();
    const metadata = new Map([['tenant', ['a']]]);
    let seen: ReadonlyMap<string, readonly string[]> | undefined;
    b.sink.respond((_, context) => {
      seen = context.client.metadata;
    });
    await b.source.send(batch, createContext({ client: { metadata } }));
    expect(b.sink.batches.map((arrived) => arrived.toBytes())).toEqual([bytes]);
    expect(seen).toEqual(metadata);
    expect(imbalances(b.collector.balance())).toEqual([]);
  });
});

describe('what the next one says', () => {
  it.each(['refused', 'retryable', 'permanent'] as const)('is passed on when %s', async (kind) => {
    await using b = await bench();
    const status = { code: 8, message: 'of the backend' };
    b.sink.refuseNext(kind, { retryAfterMs: 1500, message: 'said the sink', status });
    const error = await refusalOf(b.source.send(sampleLogs({ records: 4 })));
    expect(error).toMatchObject({ kind, message: 'said the sink', retryAfterMs: 1500, status });
    expect(error.rejected).toBeUndefined();
    expect(imbalances(b.collector.balance())).toEqual([]);
  });

  it.each(['at once', 'later'] as const)('says which part is rejected, %s', async (when) => {
    const picky = defineExporter({
      type: 'picky',
      config: z.strictObject({}),
      logs: () => ({
        consume(logs) {
          logs.take(3);
          const error = new ConsumeError('retryable', 'too many', { rejected: logs, retryAfterMs: 10 });
          if (when === 'at once') throw error;
          return Promise.reject(error);
        },
      }),
    });
    const source = testReceiver();
    const joined = forward();
    await using collector = createCollector({
      runtime,
      pipelines: {
        logs: { receivers: [source], exporters: [joined] },
        'logs/back': { receivers: [joined], exporters: [picky()] },
      },
    });
    await collector.start();
    const logs = sampleLogs({ records: 5 });
    const expected = [...logs.clone().records()].slice(3).map((record) => record.body);
    const error = await refusalOf(source.send(logs));
    const rejected = error.rejected as Batch<'logs'>;
    expect([...rejected.records()].map((record) => record.body)).toEqual(expected);
    expect(error).toMatchObject({ kind: 'retryable', message: 'too many', retryAfterMs: 10 });

    const { components, edges } = collector.balance();
    expect(edges).toEqual([
      expect.objectContaining({ from: 'forward', to: 'picky', offered: 5, accepted: 3, refused: 2 }),
      expect.objectContaining({ from: 'test', to: 'forward', offered: 5, accepted: 3, refused: 2 }),
    ]);
    expect(components.find(({ component }) => component === 'picky')).toMatchObject({ passed: 3 });
    expect(imbalances(collector.balance())).toEqual([]);
  });

  it('counts before the body of a request is read', async () => {
    const full = defineExporter({
      type: 'full',
      config: z.strictObject({}),
      logs: () => ({ consume() {}, admit: (bytes) => (bytes === 100 ? { retryAfterMs: 700 } : undefined) }),
    });
    const source = testReceiver();
    const joined = forward();
    await using collector = createCollector({
      runtime,
      pipelines: {
        logs: { receivers: [source], exporters: [joined] },
        'logs/back': { receivers: [joined], exporters: [full()] },
      },
    });
    await collector.start();
    expect(source.admit('logs', 100)).toEqual({ retryAfterMs: 700 });
    expect(source.admit('logs', 99)).toBeUndefined();
  });
});

it('leads several pipelines into several others', async () => {
  const [web, backend] = [testReceiver({}, { name: 'web' }), testReceiver({}, { name: 'backend' })];
  const [hot, cold] = [memoryExporter({}, { name: 'hot' }), memoryExporter({}, { name: 'cold' })];
  const joined = forward();
  await using collector = createCollector({
    runtime,
    pipelines: {
      'logs/web': { receivers: [web], exporters: [joined] },
      'logs/backend': { receivers: [backend], exporters: [joined] },
      'logs/hot': { receivers: [joined], exporters: [hot] },
      'logs/cold': { receivers: [joined], exporters: [cold] },
    },
  });
  await collector.start();
  await web.send(sampleLogs({ records: 2 }));
  await backend.send(sampleLogs({ records: 3 }));
  expect([hot.items, cold.items]).toEqual([5, 5]);
  expect(imbalances(collector.balance())).toEqual([]);
});

it('has no options', () => {
  expect(() => forward({ routes: [] } as never)).toThrow('connectors.forward.routes: unknown key');
});
