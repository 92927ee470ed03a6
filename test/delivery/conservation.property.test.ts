import { ConsumeError, createContext, type Batch, type ConsumeErrorKind } from '@tributary/component';
import { createOutbox, deliver, type QueueBatchConfig } from '@tributary/delivery';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../support/property.js';
import { call, complete, createWorld, never, numbered, numbersIn, shutDown, type Call } from './support.js';

/** How one attempt, or offer, is answered. */
interface Answer {
  readonly kind: 'accepted' | ConsumeErrorKind | 'thrown' | 'silence';
  /** Of what is not accepted as a whole: items that are taken all the same. */
  readonly taken: number;
  /** 0 is at once. */
  readonly afterMs: number;
  readonly retryAfterMs: number | undefined;
}

/** When which batch comes, how it is answered, and when it ends. */
interface Play {
  readonly arrivals: readonly {
    readonly atMs: number;
    readonly items: number;
    readonly leavesMs: number;
    readonly tenant: string;
  }[];
  /** Used up in order; after the last, everything is accepted. */
  readonly answers: readonly Answer[];
  readonly shutdownMs: number;
  readonly graceMs: number;
}

const ms = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });

const play: fc.Arbitrary<Play> = fc.record({
  arrivals: fc.array(
    fc.record({
      atMs: ms(3_000),
      items: fc.integer({ min: 1, max: 3 }),
      leavesMs: ms(5_000),
      tenant: fc.constantFrom('a', 'b'),
    }),
    {
      minLength: 1,
      maxLength: 12,
    },
  ),
  answers: fc.array(
    fc.record({
      kind: fc.constantFrom('accepted', 'refused', 'retryable', 'permanent', 'thrown', 'silence'),
      taken: fc.integer({ min: 0, max: 2 }),
      afterMs: fc.oneof(fc.constant(0), ms(1_500)),
      retryAfterMs: fc.option(ms(2_000), { nil: undefined }),
    }),
    { maxLength: 30 },
  ),
  shutdownMs: ms(6_000),
  graceMs: fc.oneof(fc.constant(Infinity), ms(3_000)),
});

/** Answers truthfully, and notes what it has taken. `isHeard` tells whether an answer still counts. */
function backendOf(answers: readonly Answer[], clock: ReturnType<typeof createWorld>['clock']) {
  const taken: number[] = [];
  let next = 0;

  function end(batch: Batch<'logs'>, { kind, taken: part, retryAfterMs }: Answer): void {
    if (kind === 'accepted') return void taken.push(...numbersIn(batch));
    if (kind === 'thrown') throw new Error('connection reset');
    if (part > 0 && part < batch.itemCount) {
      taken.push(...numbersIn(batch.take(part)));
      throw new ConsumeError(kind as ConsumeErrorKind, 'a part', { rejected: batch, retryAfterMs });
    }
    throw new ConsumeError(kind as ConsumeErrorKind, 'all of it', { retryAfterMs });
  }

  function answer(batch: Batch<'logs'>, signal: AbortSignal = never): void | Promise<void> {
    const given = answers[next++] ?? { kind: 'accepted', taken: 0, afterMs: 0, retryAfterMs: undefined };
    if (given.kind === 'silence') return new Promise(() => {});
    if (given.afterMs === 0) return end(batch, given);
    return clock.sleep(given.afterMs).then(() => {
      // Given up: what is said now is not heard, so nothing is taken.
      if (!signal.aborted) end(batch, given);
    });
  }
  return { taken, answer };
}

const refusedIn = (
  calls: readonly { readonly noted: Call; readonly numbers: readonly number[] }[],
): number[] =>
  calls.flatMap(({ noted: { outcome, error }, numbers }) => {
    if (outcome !== 'refused') return [];
    const { rejected } = error as ConsumeError<'logs'>;
    return rejected === undefined ? numbers : numbersIn(rejected);
  });

/** How many items the backend takes in a request, and whether it says so. */
const limit = fc.record({
  items: fc.option(fc.integer({ min: 0, max: 4 }), { nil: Infinity }),
  isNamed: fc.boolean(),
});

/** Refuses as too large what is, and leaves the rest to `answer`. */
function sized(
  answer: ReturnType<typeof backendOf>['answer'],
  maxBytes: number,
  isNamed: boolean,
): ReturnType<typeof backendOf>['answer'] {
  return (batch, signal) => {
    if (batch.byteLength <= maxBytes) return answer(batch, signal);
    const tooLarge = { maxBytes: isNamed ? maxBytes : undefined };
    throw new ConsumeError('permanent', 'too large', { tooLarge });
  };
}

it('delivery: each item is delivered once, refused to the caller, dropped, or handed back', async () => {
  const batch = fc.record({
    flush_timeout: fc.constantFrom('1ms', '200ms', '3s'),
    sizer: fc.constantFrom('items', 'bytes'),
    min_size: fc.integer({ min: 0, max: 6 }),
    max_size: fc.option(fc.integer({ min: 1, max: 8 }), { nil: 0 }),
    partition: fc.record({ metadata_keys: fc.constantFrom([], ['tenant']) }),
  });
  const config = fc.record({
    sending_queue: fc.record({
      enabled: fc.boolean(),
      sizer: fc.constantFrom('requests', 'items', 'bytes'),
      queue_size: fc.integer({ min: 1, max: 6 }),
      num_consumers: fc.integer({ min: 1, max: 3 }),
      block_on_overflow: fc.boolean(),
      wait_for_result: fc.boolean(),
      batch: fc.option(batch, { nil: undefined }),
    }),
    retry_on_failure: fc.record({
      enabled: fc.boolean(),
      initial_interval: fc.constant('300ms'),
      max_interval: fc.constant('1s'),
      max_elapsed_time: fc.constantFrom('0s', '2s'),
    }),
  });
  const handedBackMs = fc.option(ms(6_000), { freq: 4, nil: undefined });
  await assertProperty(
    fc.asyncProperty(
      play,
      config,
      limit,
      handedBackMs,
      async (played, given, { items: most, isNamed }, backMs) => {
        const { arrivals, answers, shutdownMs, graceMs } = played;
        const world = createWorld();
        const { clock } = world;
        const itemBytes = numbered(1).byteLength;
        const { taken, answer } = backendOf(answers, clock);
        const send = sized(answer, (most + 0.5) * itemBytes, isNamed);
        const { sending_queue: queue } = given;
        const bytesPerUnit = (sizer: string): number => (sizer === 'bytes' ? itemBytes : 1);
        const queue_size = queue.queue_size * bytesPerUnit(queue.sizer);
        const completed = complete({
          ...given,
          sending_queue: {
            ...queue,
            queue_size,
            batch: fitting(queue.batch, queue.sizer, queue_size, bytesPerUnit),
          },
          timeout: '1s',
        });
        const exporter = deliver<'logs'>(
          { ...world.settings, config: completed },
          async (batch, { signal }) => send(batch, signal),
        );

        const calls: { noted: Call; numbers: number[] }[] = [];
        const back: number[] = [];
        let items = 0;
        let offered = 0;
        let called = 0;
        for (const { atMs, items: count, leavesMs, tenant } of arrivals) {
          const numbers = Array.from({ length: count }, () => items++);
          const caller = new AbortController();
          clock.after(atMs, () => {
            const metadata = new Map([['tenant', [tenant]]]);
            const context = createContext({ client: { metadata }, signal: () => caller.signal });
            offered += numbers.length;
            calls.push({ noted: call(exporter, numbered(...numbers), context), numbers });
            called++;
          });
          clock.after(atMs + leavesMs, () => caller.abort());
        }
        const grace = new AbortController();
        let ended = { isDone: false };
        clock.after(shutdownMs, () => (ended = shutDown(exporter, grace.signal)));
        if (graceMs < Infinity) clock.after(shutdownMs + graceMs, () => grace.abort());
        if (backMs !== undefined) {
          clock.after(backMs, () => void exporter.handBack((batch) => void back.push(...numbersIn(batch))));
        }

        const droppedItems = (): number => [...world.dropped.values()].reduce((sum, count) => sum + count, 0);
        /** What is not accounted for but by those who wait for an answer. */
        function check(): void {
          const waiting = calls.reduce(
            (sum, { noted, numbers }) => (noted.outcome === 'waiting' ? sum + numbers.length : sum),
            0,
          );
          const known =
            taken.length + refusedIn(calls).length + droppedItems() + world.heldItems() + back.length;
          expect(known).toBeLessThanOrEqual(offered);
          expect(known).toBeGreaterThanOrEqual(offered - waiting);
        }
        for (let atMs = 0; atMs < 12_000; atMs += 100) {
          await clock.advance(100);
          check();
        }
        await clock.advance(108_000);
        check();

        const waiting = calls.filter(({ noted }) => noted.outcome === 'waiting').length;
        expect({ isDone: ended.isDone, waiting, timers: clock.pending, held: world.heldItems() }).toEqual({
          isDone: true,
          waiting: 0,
          timers: 0,
          held: 0,
        });
        expect([world.heldBytes(), called]).toEqual([0, arrivals.length]);
        const known = [...taken, ...refusedIn(calls), ...back];
        expect(new Set(known).size).toBe(known.length);
        expect(known.length + droppedItems()).toBe(items);
      },
    ),
    0.5,
  );
});

/** A section of which the numbers, in items, go together. */
function fitting(
  batch: QueueBatchConfig | undefined,
  queueSizer: string,
  queueSize: number,
  bytesPerUnit: (sizer: string) => number,
): QueueBatchConfig | undefined {
  if (batch === undefined) return undefined;
  const { sizer = 'items', min_size = 0, max_size = 0 } = batch;
  const unit = bytesPerUnit(sizer);
  const most = max_size > 0 ? Math.min(min_size, max_size) : min_size;
  const min = sizer === queueSizer ? Math.min(most * unit, queueSize) : most * unit;
  return { ...batch, min_size: min, max_size: max_size * unit };
}

it('outbox: each item is passed on once, in order, refused to the caller, or dropped', async () => {
  const limits = fc.record({
    batches: fc.integer({ min: 1, max: 6 }),
    retry: fc.record({
      enabled: fc.boolean(),
      initial_interval: fc.constant(300),
      randomization_factor: fc.constant(0.5),
      multiplier: fc.constant(1.5),
      max_interval: fc.constant(1_000),
      max_elapsed_time: fc.constantFrom(0, 2_000),
    }),
  });
  // Whoever is silent for ever would keep what it is offered: that is its own affair.
  const speaking = play.map((given) => ({
    ...given,
    answers: given.answers.filter(({ kind }) => kind !== 'silence'),
  }));
  await assertProperty(
    fc.asyncProperty(
      speaking,
      limits,
      fc.boolean(),
      limit,
      async (
        { arrivals, answers, shutdownMs, graceMs },
        { batches, retry },
        isSync,
        { items: most, isNamed },
      ) => {
        const world = createWorld();
        const { clock } = world;
        const given = isSync ? answers.map((each) => ({ ...each, afterMs: 0 })) : answers;
        const { taken, answer } = backendOf(given, clock);
        const offered = sized(answer, (most + 0.5) * numbered(1).byteLength, isNamed);
        const maxBytes = batches * numbered(1, 2).byteLength;
        const next = { consume: (batch: Batch<'logs'>) => offered(batch.transfer()) };
        const outbox = createOutbox<'logs'>(
          { ...world.settings, config: undefined, next },
          { maxBytes, retry },
        );

        const calls: { noted: Call; numbers: number[] }[] = [];
        let items = 0;
        for (const { atMs, items: count } of [...arrivals].sort((a, b) => a.atMs - b.atMs)) {
          const numbers = Array.from({ length: count }, () => items++);
          clock.after(atMs, () => calls.push({ noted: call(outbox, numbered(...numbers)), numbers }));
        }
        const grace = new AbortController();
        let ended = { isDone: false };
        let takenBefore: readonly number[] = [];
        clock.after(shutdownMs, () => {
          takenBefore = [...taken];
          ended = shutDown(outbox, grace.signal);
        });
        if (graceMs < Infinity) clock.after(shutdownMs + graceMs, () => grace.abort());
        await clock.advance(120_000);

        expect({ isDone: ended.isDone, timers: clock.pending, held: world.heldItems() }).toEqual({
          isDone: true,
          timers: 0,
          held: 0,
        });
        expect(world.heldBytes()).toBe(0);
        const inOrder = [...takenBefore].sort((a, b) => a - b);
        expect(isSync ? takenBefore : inOrder).toEqual(inOrder);
        const known = [...taken, ...refusedIn(calls)];
        expect(new Set(known).size).toBe(known.length);
        let dropped = 0;
        for (const count of world.dropped.values()) dropped += count;
        expect(known.length + dropped).toBe(items);
      },
    ),
    0.5,
  );
});
