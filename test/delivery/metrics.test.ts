import { MeterProvider, MetricReader, type MetricData } from '@opentelemetry/sdk-metrics';
import { ConsumeError } from '@tributary/component';
import { deliver, type DeliveryConfig } from '@tributary/delivery';
import type { Signal } from '@tributary/pdata';
import { sampleMetrics, sampleTraces } from '@tributary/testkit';
import { describe, expect, it } from 'vitest';
import { call, complete, createBackend, createWorld, never, numbered, type World } from './support.js';

/** Read when the test says so. */
class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}

  async metrics(): Promise<MetricData[]> {
    const { resourceMetrics } = await this.collect();
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
  }
}

interface Arrangement extends World {
  readonly backend: ReturnType<typeof createBackend>;
  readonly exporter: ReturnType<typeof deliver<'logs'>>;
  /** Points of a metric: their values, after their attributes where there are any. */
  readonly points: (name: string) => Promise<unknown[]>;
  readonly metrics: () => Promise<MetricData[]>;
}

const attributes = { 'server.address': 'backend', 'server.port': 4317 };

function measured(config: DeliveryConfig = {}): Arrangement {
  const world = createWorld();
  const reader = new Reader();
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test');
  const backend = createBackend(world.clock);
  backend.answer = () => {};
  const settings = { ...world.settings, meter, config: complete({ timeout: '1s', ...config }) };
  const exporter = deliver<'logs'>(settings, backend.send, { attributes });
  const metrics = (): Promise<MetricData[]> => reader.metrics();
  async function points(name: string): Promise<unknown[]> {
    const found = (await metrics()).find(({ descriptor }) => descriptor.name === `otelcol_exporter_${name}`);
    return (found?.dataPoints ?? []).map((point) => {
      const value = typeof point.value === 'number' ? point.value : (point.value as { sum: number }).sum;
      return Object.keys(point.attributes).length === 0 ? value : [point.attributes, value];
    });
  }
  return { ...world, backend, exporter, points, metrics };
}

const off = { enabled: false } as const;

describe('what was sent', () => {
  it('is counted when it is taken, with where it went', async () => {
    const { exporter, clock, points } = measured();
    call(exporter, numbered(1, 2));
    call(exporter, numbered(3));
    await clock.advance(0);
    expect(await points('sent_log_records')).toEqual([[attributes, 3]]);
    expect(await points('send_failed_log_records')).toEqual([]);
  });

  it('is not counted as failed because of an attempt that was not the last', async () => {
    const { exporter, clock, points, backend } = measured();
    backend.answer = (_, attempt) => {
      if (attempt === 0) throw new ConsumeError('retryable', 'busy');
    };
    call(exporter, numbered(1));
    await clock.advance(10_000);
    expect(await points('sent_log_records')).toEqual([[attributes, 1]]);
    expect(await points('send_failed_log_records')).toEqual([]);
  });

  it('has failed by what was not delivered, and not by the whole request', async () => {
    const { exporter, clock, points, backend } = measured();
    backend.answer = (batch) => {
      batch.take(1);
      throw new ConsumeError('permanent', 'bad', { rejected: batch, status: { code: 3, message: 'bad' } });
    };
    call(exporter, numbered(1, 2, 3));
    await clock.advance(0);
    expect(await points('sent_log_records')).toEqual([[attributes, 1]]);
    const failed = { ...attributes, 'error.type': 'InvalidArgument', 'error.permanent': true };
    expect(await points('send_failed_log_records')).toEqual([[failed, 2]]);
  });

  it.each([
    ['Unavailable', { code: 14, message: '' }],
    ['DeadlineExceeded', { code: 4, message: '' }],
    ['_OTHER', undefined],
    ['_OTHER', { code: 99, message: '' }],
  ])('says %s of status %j', async (type, status) => {
    const { exporter, clock, points, backend } = measured({ retry_on_failure: off });
    backend.answer = () => {
      throw new ConsumeError('retryable', 'busy', { status });
    };
    call(exporter, numbered(1));
    await clock.advance(0);
    // So that both series are there from the first export on.
    expect(await points('sent_log_records')).toEqual([[attributes, 0]]);
    const failed = { ...attributes, 'error.type': type, 'error.permanent': false };
    expect(await points('send_failed_log_records')).toEqual([[failed, 1]]);
  });

  it('says Deadline_Exceeded of a backend that did not answer in time', async () => {
    const { exporter, clock, points, backend } = measured({
      retry_on_failure: { max_elapsed_time: '30s', initial_interval: '30s' },
    });
    backend.answer = undefined;
    call(exporter, numbered(1));
    await clock.advance(60_000);
    const failed = { ...attributes, 'error.type': 'Deadline_Exceeded', 'error.permanent': false };
    expect(await points('send_failed_log_records')).toEqual([[failed, 1]]);
  });

  it('says Shutdown of what a shutdown has left behind', async () => {
    const { exporter, clock, points, backend } = measured();
    backend.answer = undefined;
    call(exporter, numbered(1));
    await exporter.shutdown?.(AbortSignal.abort());
    await clock.advance(0);
    const failed = { ...attributes, 'error.type': 'Shutdown', 'error.permanent': false };
    expect(await points('send_failed_log_records')).toEqual([[failed, 1]]);
  });

  it('has not failed where it is handed back', async () => {
    const { exporter, clock, points, backend } = measured();
    backend.answer = undefined;
    call(exporter, numbered(1));
    await clock.advance(0);
    const handing = exporter.handBack(() => {});
    backend.attempts[0]!.fail(new ConsumeError('retryable', 'gone'));
    await handing;
    expect(await points('send_failed_log_records')).toEqual([]);
    expect(await points('sent_log_records')).toEqual([[attributes, 0]]);
  });

  it.each([
    ['traces', sampleTraces({ spans: 3 }), 'spans', '{span}'],
    ['metrics', sampleMetrics({ dataPoints: 3 }), 'metric_points', '{datapoint}'],
  ] as const)('of %s is called by its items', async (signal, batch, suffix, unit) => {
    const world = createWorld();
    const reader = new Reader();
    const meter = new MeterProvider({ readers: [reader] }).getMeter('test');
    const settings = { ...world.settings, meter, signal: signal as Signal, config: complete() };
    const exporter = deliver<Signal>(settings, async () => {});
    call(exporter, batch as never);
    await world.clock.advance(0);
    const [metric] = (await reader.metrics()).filter(({ descriptor }) =>
      descriptor.name.startsWith('otelcol_exporter_sent_'),
    );
    expect(metric!.descriptor).toMatchObject({ name: `otelcol_exporter_sent_${suffix}`, unit });
  });
});

describe('the queue', () => {
  it.each([
    ['requests', 10, [3, 10], '{request}'],
    ['items', 10, [4, 10], '{item}'],
    [
      'bytes',
      1_000,
      [numbered(1).byteLength + numbered(2, 3).byteLength + numbered(4).byteLength, 1_000],
      'By',
    ],
  ] as const)(
    'says how full it is, in %s, what is being sent included',
    async (sizer, queue_size, values, unit) => {
      const { exporter, clock, points, backend, metrics } = measured({
        sending_queue: { sizer, queue_size },
      });
      backend.answer = undefined;
      for (const numbers of [[1], [2, 3], [4]]) call(exporter, numbered(...numbers));
      await clock.advance(0);
      const [size, capacity] = values;
      expect(await points('queue_size')).toEqual([[{ data_type: 'logs' }, size]]);
      expect(await points('queue_capacity')).toEqual([[{ data_type: 'logs' }, capacity]]);
      const gauges = (await metrics()).filter(({ descriptor }) =>
        /exporter_queue_(size|capacity)$/.test(descriptor.name),
      );
      expect(gauges.map(({ descriptor }) => descriptor.unit)).toEqual([unit, unit]);
      for (const { succeed } of backend.attempts) succeed();
      await clock.advance(0);
      expect(await points('queue_size')).toEqual([[{ data_type: 'logs' }, 0]]);
    },
  );

  it('counts what it refuses', async () => {
    const { exporter, clock, points, backend } = measured({ sending_queue: { queue_size: 1 } });
    backend.answer = undefined;
    call(exporter, numbered(1));
    call(exporter, numbered(2, 3));
    await clock.advance(0);
    expect(await points('enqueue_failed_log_records')).toEqual([2]);
    expect(await points('enqueue_size')).toEqual([1]);
    expect(await points('enqueue_size_bytes')).toEqual([numbered(1).byteLength]);
    await exporter.shutdown?.(AbortSignal.abort());
  });

  it('counts a caller who has waited for room in vain, and one who has not', async () => {
    const { exporter, clock, points, backend } = measured({
      sending_queue: { queue_size: 1, block_on_overflow: true },
    });
    backend.answer = undefined;
    for (const number of [1, 2, 3]) call(exporter, numbered(number));
    await clock.advance(0);
    backend.attempts[0]!.succeed();
    await clock.advance(0);
    await exporter.shutdown?.(AbortSignal.abort());
    expect(await points('enqueue_failed_log_records')).toEqual([1]);
    expect(await points('enqueue_size')).toEqual([2]);
  });

  it('says how large what it puts together is, and where that goes', async () => {
    const { exporter, clock, points } = measured({ sending_queue: { batch: {} } });
    call(exporter, numbered(1, 2));
    call(exporter, numbered(3));
    await clock.advance(200);
    const bytes = numbered(1, 2).byteLength + numbered(3).byteLength;
    expect(await points('queue_batch_send_size')).toEqual([[attributes, 3]]);
    expect(await points('queue_batch_send_size_bytes')).toEqual([[attributes, bytes]]);
  });

  it('has no such sizes where nothing is put together', async () => {
    const { exporter, clock, points } = measured();
    call(exporter, numbered(1));
    await clock.advance(0);
    expect(await points('queue_batch_send_size')).toEqual([]);
  });

  it('has the bounds of the Collector', async () => {
    const { exporter, clock, metrics } = measured();
    call(exporter, numbered(1));
    await clock.advance(0);
    const bounds = (await metrics())
      .filter(({ descriptor }) => descriptor.name.startsWith('otelcol_exporter_enqueue_size'))
      .map(
        ({ dataPoints }) =>
          (dataPoints[0]!.value as { buckets: { boundaries: number[] } }).buckets.boundaries,
      );
    expect(bounds.map((each) => [each.length, each[0], each.at(-1)])).toEqual([
      [22, 10, 100_000],
      [18, 128, 16_777_216],
    ]);
  });
});

describe('requests in flight', () => {
  it('are those of which the end is not known, pauses included', async () => {
    const { exporter, clock, points, backend } = measured({ sending_queue: { num_consumers: 2 } });
    backend.answer = () => {
      throw new ConsumeError('retryable', 'busy');
    };
    for (const number of [1, 2, 3]) call(exporter, numbered(number));
    await clock.advance(2_000);
    expect(await points('in_flight_requests')).toEqual([[{ data_type: 'logs' }, 2]]);
    backend.answer = () => {};
    await exporter.shutdown?.(never);
    expect(await points('in_flight_requests')).toEqual([[{ data_type: 'logs' }, 0]]);
  });
});
