import { createCollector } from '@tributary/collector';
import {
  background,
  ConsumeError,
  defineExporter,
  type Batch,
  type ConsumeErrorKind,
  type Context,
  type ExporterRef,
} from '@tributary/component';
import { batch, type BatchConfig } from '@tributary/processor-batch';
import { testReceiver, virtualClock } from '@tributary/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { assertProperty } from '../support/property.js';
import { numberOf, records } from './support.js';

/** What the next one says to one batch: nothing is yes; `items` are taken before it refuses. */
type Reply = { readonly kind: ConsumeErrorKind; readonly items: number } | undefined;

/** An end that answers at once, by a list, and afterwards accepts everything. */
function scriptedEnd(replies: readonly Reply[]): {
  readonly ref: ExporterRef<'logs'>;
  readonly taken: { readonly tenant: string; readonly n: number }[];
  readonly refusedForGood: number[];
  readonly isAtEnd: () => boolean;
} {
  const taken: { tenant: string; n: number }[] = [];
  const refusedForGood: number[] = [];
  let next = 0;
  function take(logs: Batch<'logs'>, context: Context): void {
    const tenant = context.client.metadata.get('tenant')?.[0] ?? '';
    for (const record of logs.records()) taken.push({ tenant, n: numberOf(record) });
  }
  const factory = defineExporter({
    type: 'scripted',
    config: z.strictObject({}),
    logs: () => ({
      consume(logs, context) {
        const reply = replies[next++];
        if (reply === undefined) return take(logs, context);
        const isPart = reply.items > 0 && reply.items < logs.itemCount;
        if (isPart) take(logs.take(reply.items), context);
        if (reply.kind === 'permanent') refusedForGood.push(...[...logs.records()].map(numberOf));
        throw new ConsumeError(reply.kind, 'scripted', { rejected: isPart ? logs : undefined });
      },
    }),
  });
  return { ref: factory(), taken, refusedForGood, isAtEnd: () => next >= replies.length };
}

type Step = { readonly tenant: number; readonly count: number } | { readonly waitMs: number };

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ tenant: fc.nat(2), count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ waitMs: fc.constantFrom(50, 100, 700) }) },
);
const reply: fc.Arbitrary<Reply> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom<ConsumeErrorKind>('refused', 'retryable', 'permanent'),
      items: fc.nat(3),
    }),
  },
);
const config = fc
  .record({
    timeout: fc.constantFrom('0s', '100ms'),
    size: fc.nat(8),
    more: fc.option(fc.nat(4)),
    heldBytes: fc.constantFrom(500, 2000, 67_108_864),
    keys: fc.boolean(),
  })
  .map(({ timeout, size, more, heldBytes, keys }): BatchConfig => ({
    timeout: timeout as '0s',
    send_batch_size: size,
    send_batch_max_size: more === null ? 0 : size + more,
    max_held_bytes: heldBytes,
    ...(keys && { metadata_keys: ['tenant'] }),
  }));

interface Outcome {
  readonly accepted: readonly number[];
  readonly taken: readonly { readonly tenant: string; readonly n: number }[];
  readonly refusedForGood: readonly number[];
  readonly imbalance: number;
  /** How many were taken before the shutdown, or in all where nothing was refused during it. */
  readonly inOrder: number;
}

async function play(
  options: BatchConfig,
  steps: readonly Step[],
  replies: readonly Reply[],
): Promise<Outcome> {
  const clock = virtualClock();
  const source = testReceiver();
  const end = scriptedEnd(replies);
  const collector = createCollector({
    runtime: { clock, random: () => 0.5, logger: { debug() {}, info() {}, warn() {}, error() {} } },
    pipelines: { logs: { receivers: [source], processors: [batch(options)], exporters: [end.ref] } },
  });
  await collector.start();
  const accepted: number[] = [];
  const sends: Promise<void>[] = [];
  let n = 0;
  for (const each of steps) {
    if ('waitMs' in each) {
      await clock.advance(each.waitMs);
      continue;
    }
    const numbers = Array.from({ length: each.count }, () => n++);
    const metadata = new Map([['tenant', [String(each.tenant)]]]);
    const sent = source
      .send(records(numbers[0]!, each.count), background.with({ client: { metadata } }))
      .then(
        () => void accepted.push(...numbers),
        (error: ConsumeError<'logs'>) => {
          const not = error.rejected === undefined ? numbers : [...error.rejected.records()].map(numberOf);
          accepted.push(...numbers.filter((number) => !not.includes(number)));
        },
      );
    sends.push(sent);
  }
  const takenBefore = end.isAtEnd() ? Infinity : end.taken.length;
  const closed = collector.shutdown({ graceMs: 3_600_000 });
  let isClosed = false;
  void closed.then(() => (isClosed = true));
  for (let turn = 0; !isClosed && turn < 100; turn++) await clock.advance('30s');
  await closed;
  await Promise.all(sends);
  const line = collector.balance().components.find(({ component }) => component === 'batch')!;
  const dropped = [...line.dropped.values()].reduce((sum, items) => sum + items, 0);
  return {
    accepted,
    taken: end.taken,
    refusedForGood: end.refusedForGood,
    inOrder: takenBefore,
    imbalance: line.received + line.created - line.passed - line.absorbed - line.held - dropped,
  };
}

/** Every accepted number came out once, or was refused for good once; and nothing else did. */
function expectConserved({ accepted, taken, refusedForGood, imbalance }: Outcome): void {
  const ends = [...taken.map(({ n }) => n), ...refusedForGood].toSorted((a, b) => a - b);
  expect(ends).toEqual(accepted.toSorted((a, b) => a - b));
  expect(imbalance).toBe(0);
}

it('loses, doubles and reorders nothing that it accepted, whatever arrives, is refused and when it is shut down', async () => {
  await assertProperty(
    fc.asyncProperty(
      config,
      fc.array(step, { maxLength: 12 }),
      fc.array(reply, { maxLength: 12 }),
      async (options, steps, replies) => {
        const outcome = await play(options, steps, replies);
        expectConserved(outcome);
        // During a shutdown the outbox gives each batch its turn, so that order ends with a refusal then.
        const ordered = outcome.taken.slice(0, outcome.inOrder);
        for (const tenant of new Set(ordered.map((each) => each.tenant))) {
          const numbers = ordered.filter((each) => each.tenant === tenant).map(({ n }) => n);
          expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        }
      },
    ),
    0.3,
  );
});

it('tells callers the truth with wait_for_result', async () => {
  await assertProperty(
    fc.asyncProperty(
      config,
      fc.array(step, { maxLength: 12 }),
      fc.array(reply, { maxLength: 12 }),
      async (options, steps, replies) => {
        const outcome = await play({ ...options, wait_for_result: true }, steps, replies);
        // What a caller was told is not taken, he may send again: it must not have been taken.
        const accepted = new Set(outcome.accepted);
        expect(outcome.taken.filter(({ n }) => !accepted.has(n))).toEqual([]);
        const ends = new Set([...outcome.taken.map(({ n }) => n), ...outcome.refusedForGood]);
        expect(outcome.accepted.filter((n) => !ends.has(n))).toEqual([]);
        expect(new Set(outcome.taken.map(({ n }) => n)).size).toBe(outcome.taken.length);
        expect(outcome.imbalance).toBe(0);
      },
    ),
    0.3,
  );
});
