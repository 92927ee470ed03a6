import { createCollector } from '@tributary/collector';
import { background, type Context, type ProcessorRef } from '@tributary/component';
import { batch, type BatchConfig } from '@tributary/processor-batch';
import {
  memoryExporter,
  testReceiver,
  virtualClock,
  type MemorySink,
  type TestSource,
  type VirtualClock,
} from '@tributary/testkit';
import { describe, expect, it } from 'vitest';
import { measured, type Measured } from '../support/measured.js';
import { records } from './support.js';

interface Bench extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly source: TestSource;
  readonly sink: MemorySink;
  collect(): Promise<readonly Measured[]>;
  /** The value of a metric that is a plain sum, or the number and sum of what a histogram has. */
  value(name: string): Promise<unknown>;
  readonly log: { readonly message: string; readonly fields: object }[];
}

async function bench(config: BatchConfig): Promise<Bench> {
  const clock = virtualClock();
  const metrics = measured();
  const source = testReceiver();
  const sink = memoryExporter();
  const log: { message: string; fields: object }[] = [];
  const processor: ProcessorRef<'logs'> = batch(config, { name: 'main' });
  const collector = createCollector({
    runtime: {
      clock,
      random: () => 0.5,
      meterProvider: metrics.provider,
      logger: {
        debug() {},
        info() {},
        warn() {},
        error: (message, fields) => void log.push({ message, fields: fields ?? {} }),
      },
    },
    telemetry: { metrics: { level: 'detailed' } },
    pipelines: { logs: { receivers: [source], processors: [processor], exporters: [sink] } },
  });
  await collector.start();
  const collect = (): Promise<readonly Measured[]> => metrics.collect('otelcol_processor_batch_');
  return {
    clock,
    source,
    sink,
    log,
    collect,
    async value(name) {
      const value = (await collect()).find((each) => each.name === name)?.value;
      return typeof value === 'object' ? { count: value.count, sum: value.sum } : value;
    },
    async [Symbol.asyncDispose]() {
      await collector.shutdown({ graceMs: 0 });
    },
  };
}

const from = (tenant: string): Context =>
  background.with({ client: { metadata: new Map([['tenant', [tenant]]]) } });

it('names, units, attributes and bounds are the Collector’s', async () => {
  await using b = await bench({ send_batch_size: 2 });
  await b.source.send(records(0, 2));
  await b.source.send(records(2, 1));
  await b.clock.advance('200ms');
  const found = await b.collect();
  expect(found.map(({ name, unit }) => [name, unit])).toEqual([
    ['batch_send_size', '{unit}'],
    ['batch_send_size_bytes', 'By'],
    ['batch_size_trigger_send', '{time}'],
    ['metadata_cardinality', '{combination}'],
    ['timeout_trigger_send', '{time}'],
  ]);
  for (const { attributes } of found) expect(attributes).toEqual({ processor: 'batch/main' });
  const bounds = found.map(({ value }) => (typeof value === 'object' ? value.buckets.boundaries : []));
  expect(bounds[0]).toEqual([
    10, 25, 50, 75, 100, 250, 500, 750, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000, 20_000,
    30_000, 50_000, 100_000,
  ]);
  expect(bounds[1]!.at(0)).toBe(128);
  expect(bounds[1]!.at(-1)).toBe(16_777_216);
});

describe.each([{ wait_for_result: false }, { wait_for_result: true }])('with %j', (config) => {
  it('each batch that was taken is counted with what sent it', async () => {
    await using b = await bench({ ...config, send_batch_size: 4, send_batch_max_size: 4 });
    const sent = b.source.send(records(0, 9));
    await b.clock.advance('200ms');
    await sent;
    expect(await b.value('batch_size_trigger_send')).toBe(2);
    expect(await b.value('timeout_trigger_send')).toBe(1);
    expect(await b.value('batch_send_size')).toEqual({ count: 3, sum: 9 });
    const bytes = b.sink.batches.reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(await b.value('batch_send_size_bytes')).toEqual({ count: 3, sum: bytes });
  });

  it('a batch counts when it is taken, not when it is offered', async () => {
    await using b = await bench({ ...config, send_batch_size: 2, send_batch_max_size: 2 });
    b.sink.refuseNext('retryable', { times: 2 });
    const sent = b.source.send(records(0, 4));
    await b.clock.advance('100ms');
    expect(await b.value('batch_size_trigger_send')).toBeUndefined();
    await b.clock.advance('1m');
    await sent;
    expect(await b.value('batch_size_trigger_send')).toBe(2);
    expect(await b.value('batch_send_size')).toEqual({ count: 2, sum: 4 });
  });
});

it('what is refused for good is not counted as sent, and is in the log with its reason', async () => {
  await using b = await bench({ wait_for_result: true });
  b.sink.refuseNext('permanent', { items: 1 });
  const sent = Promise.all([b.source.send(records(0, 2)), b.source.send(records(2, 2))]);
  await b.clock.advance('200ms');
  await sent;
  expect(b.log).toEqual([
    {
      message: 'The next consumer failed for good, and no caller can be told so. Dropping data.',
      fields: expect.objectContaining({ dropped_items: 1, reason: 'permanent' }) as object,
    },
  ]);
  expect(await b.value('batch_send_size')).toBeUndefined();
});

it('combinations of metadata are those that wait', async () => {
  await using b = await bench({ metadata_keys: ['tenant'] });
  expect(await b.value('metadata_cardinality')).toBe(0);
  await b.source.send(records(0, 1), from('a'));
  await b.source.send(records(1, 1), from('b'));
  await b.source.send(records(2, 1), from('a'));
  expect(await b.value('metadata_cardinality')).toBe(2);
  await b.clock.advance('200ms');
  expect(await b.value('metadata_cardinality')).toBe(0);
});
