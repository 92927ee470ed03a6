import { createCollector, imbalances } from '@tributary/collector';
import { ConsumeError, defineExporter, type Batch } from '@tributary/component';
import { deliver, deliveryShape, type DeliveryConfig } from '@tributary/delivery';
import { batch, type BatchConfig } from '@tributary/processor-batch';
import { testReceiver, virtualClock } from '@tributary/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { assertProperty } from '../support/property.js';
import { numberOf, records } from './support.js';

/** What becomes of one attempt: how long it takes, and how many items are taken before it fails, if it does. */
interface Attempt {
  readonly ms: number;
  readonly fails?: { readonly kind: 'retryable' | 'permanent'; readonly items: number } | undefined;
}

type Step = { readonly count: number } | { readonly waitMs: number };

interface Run {
  readonly batching: BatchConfig;
  readonly delivery: DeliveryConfig;
  readonly steps: readonly Step[];
  readonly attempts: readonly Attempt[];
  readonly graceMs: number;
}

const run: fc.Arbitrary<Run> = fc
  .record({
    size: fc.integer({ min: 1, max: 8 }),
    more: fc.option(fc.nat(4)),
    queueSize: fc.integer({ min: 1, max: 4 }),
    consumers: fc.integer({ min: 1, max: 3 }),
    retries: fc.boolean(),
    steps: fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.record({ count: fc.integer({ min: 1, max: 6 }) }) },
        { weight: 1, arbitrary: fc.record({ waitMs: fc.constantFrom(50, 100, 700) }) },
      ),
      { maxLength: 12 },
    ),
    attempts: fc.array(
      fc.record({
        ms: fc.constantFrom(0, 10, 300),
        fails: fc.option(
          fc.record({ kind: fc.constantFrom('retryable' as const, 'permanent' as const), items: fc.nat(3) }),
          { nil: undefined },
        ),
      }),
      { maxLength: 14 },
    ),
    graceMs: fc.constantFrom(0, 1500, 3_600_000),
  })
  .map(({ size, more, queueSize, consumers, retries, steps, attempts, graceMs }) => ({
    batching: {
      timeout: '100ms',
      send_batch_size: size,
      send_batch_max_size: more === null ? 0 : size + more,
      wait_for_result: true,
    },
    delivery: {
      sending_queue: { queue_size: queueSize, num_consumers: consumers, wait_for_result: true },
      retry_on_failure: { enabled: retries, initial_interval: '200ms', max_interval: '1s' },
    },
    steps,
    attempts,
    graceMs,
  }));

it('acknowledges only what was exported by then, or dropped for good, through cuts, merges, queue and retry', async () => {
  await assertProperty(
    fc.asyncProperty(run, async ({ batching, delivery, steps, attempts, graceMs }) => {
      const clock = virtualClock();
      const source = testReceiver();
      /** Exported, or refused by the backend for good. */
      const settled = new Set<number>();
      const dropped: number[] = [];
      let next = 0;
      async function send(logs: Batch<'logs'>): Promise<void> {
        const { ms, fails } = attempts[next++] ?? { ms: 0 };
        if (ms > 0) await clock.sleep(ms);
        const isPart = fails !== undefined && fails.items > 0 && fails.items < logs.itemCount;
        const taken = fails === undefined ? logs : isPart ? logs.take(fails.items) : undefined;
        for (const record of taken?.records() ?? []) settled.add(numberOf(record));
        if (fails === undefined) return;
        if (fails.kind === 'permanent') for (const record of logs.records()) settled.add(numberOf(record));
        throw new ConsumeError(fails.kind, 'scripted', { rejected: isPart ? logs : undefined });
      }
      const exporter = defineExporter({
        type: 'scripted',
        config: z.strictObject(deliveryShape),
        logs: (settings) => deliver(settings, send),
      });
      const collector = createCollector({
        runtime: { clock, random: () => 0.5, logger: { debug() {}, info() {}, warn() {}, error() {} } },
        pipelines: {
          logs: { receivers: [source], processors: [batch(batching)], exporters: [exporter(delivery)] },
        },
      });
      collector.events.on('dropped', ({ items }) => void dropped.push(items));
      await collector.start();
      const early: number[] = [];
      const sends: Promise<void>[] = [];
      let n = 0;
      for (const step of steps) {
        if ('waitMs' in step) {
          await clock.advance(step.waitMs);
          continue;
        }
        const numbers = Array.from({ length: step.count }, () => n++);
        sends.push(
          source.send(records(numbers[0]!, step.count)).then(
            () => void early.push(...numbers.filter((number) => !settled.has(number))),
            () => {},
          ),
        );
      }
      let isClosed = false;
      const closed = collector.shutdown({ graceMs }).then(() => (isClosed = true));
      for (let turn = 0; !isClosed && turn < 200; turn++) await clock.advance('30s');
      await closed;
      await Promise.all(sends);
      expect(early).toEqual([]);
      expect(imbalances(collector.balance())).toEqual([]);
    }),
    0.3,
  );
});
