import { ConsumeError, createContext, type Batch, type Context } from '@tributary/component';
import { deliver, type DeliveryConfig, type QueueBatchConfig, type QueueConfig } from '@tributary/delivery';
import { Profiles } from '@tributary/pdata';
import { describe, expect, it } from 'vitest';
import {
  call,
  complete,
  createBackend,
  createWorld,
  never,
  numbered,
  numbersIn,
  shutDown,
  type Call,
  type World,
} from './support.js';

interface Arrangement extends World {
  readonly backend: ReturnType<typeof createBackend>;
  readonly exporter: ReturnType<typeof deliver<'logs'>>;
  /** Numbers of each request, and when. */
  readonly sent: () => unknown[];
}

function batching(
  batch: QueueBatchConfig | null,
  queue: QueueConfig = {},
  config: DeliveryConfig = {},
): Arrangement {
  const world = createWorld();
  const backend = createBackend(world.clock);
  backend.answer = () => {};
  const completed = complete({ timeout: '0s', ...config, sending_queue: { ...queue, batch } });
  const exporter = deliver<'logs'>({ ...world.settings, config: completed }, backend.send);
  const sent = (): unknown[] => backend.attempts.map(({ atMs, numbers }) => [atMs, ...numbers]);
  return { ...world, backend, exporter, sent };
}

function from(tenant: string | undefined, more: Record<string, string> = {}): Context {
  const metadata = new Map(Object.entries(more).map(([key, value]) => [key, [value]]));
  if (tenant !== undefined) metadata.set('tenant', [tenant]);
  return createContext({ client: { address: '10.0.0.1', metadata } });
}

const rejectedIn = ({ error }: Call): number[] | undefined =>
  ConsumeError.is(error) && error.rejected !== undefined
    ? numbersIn(error.rejected as Batch<'logs'>)
    : undefined;

describe('sending_queue.batch', () => {
  it.each([[null], [{}]])('%j is on: what comes within 200 ms is sent as one', async (section) => {
    const { exporter, clock, sent } = batching(section);
    call(exporter, numbered(1, 2));
    await clock.advance(100);
    call(exporter, numbered(3));
    await clock.advance(99);
    expect(sent()).toEqual([]);
    await clock.advance(1);
    expect(sent()).toEqual([[200, 1, 2, 3]]);
    expect(clock.pending).toBe(0);
  });

  it('that is not enabled is off', async () => {
    const { exporter, clock, sent } = batching({ enabled: false });
    call(exporter, numbered(1));
    await clock.advance(0);
    expect(sent()).toEqual([[0, 1]]);
  });

  it('sends at once what has min_size, and begins to wait again', async () => {
    const { exporter, clock, sent } = batching({ min_size: 3, flush_timeout: '1s' });
    call(exporter, numbered(1, 2));
    await clock.advance(600);
    call(exporter, numbered(3, 4));
    call(exporter, numbered(5));
    await clock.advance(999);
    expect(sent()).toEqual([[600, 1, 2, 3, 4]]);
    await clock.advance(1);
    expect(sent()).toEqual([
      [600, 1, 2, 3, 4],
      [1_600, 5],
    ]);
  });

  it('waits for nothing where min_size is 0', async () => {
    const { exporter, clock, sent } = batching({ min_size: 0 });
    call(exporter, numbered(1));
    call(exporter, numbered(2));
    await clock.advance(0);
    expect(sent()).toEqual([
      [0, 1],
      [0, 2],
    ]);
  });

  it('cuts at max_size; what is left below min_size waits for its time, beginning anew', async () => {
    const { exporter, clock, sent } = batching({ min_size: 2, max_size: 3, flush_timeout: '1s' });
    call(exporter, numbered(1));
    await clock.advance(900);
    call(exporter, numbered(2, 3, 4, 5, 6, 7));
    await clock.advance(100);
    expect(sent()).toEqual([
      [900, 1, 2, 3],
      [900, 4, 5, 6],
    ]);
    await clock.advance(900);
    expect(sent().at(-1)).toEqual([1_900, 7]);
  });

  it('cuts by bytes, and sends one item alone that is larger than max_size', async () => {
    const size = numbered(1, 2, 3).byteLength;
    const { exporter, clock, sent, dropped, backend } = batching({
      sizer: 'bytes',
      min_size: 0,
      max_size: size,
    });
    call(exporter, numbered(1, 2, 3, 4, 5));
    const large = numbered(6, 7);
    for (const record of large.records()) {
      if (record.body === 6) record.attributes.set('filler', 'x'.repeat(100));
    }
    call(exporter, large);
    await clock.advance(0);
    expect(sent()).toEqual([
      [0, 1, 2, 3],
      [0, 4, 5],
      [0, 6],
      [0, 7],
    ]);
    expect([dropped.size, backend.attempts.length]).toEqual([0, 4]);
  });

  it('keeps a request in the size of the queue until the last of it is sent', async () => {
    const { exporter, clock, backend, heldItems, heldBytes } = batching(
      { min_size: 2, max_size: 2, flush_timeout: '1s' },
      { num_consumers: 2, queue_size: 2 },
    );
    backend.answer = undefined;
    call(exporter, numbered(1, 2, 3));
    await clock.advance(0);
    backend.attempts[0]!.succeed();
    await clock.advance(0);
    expect([heldItems(), heldBytes() > 0]).toEqual([1, true]);
    expect(exporter.admit?.(1)).toBeUndefined();
    call(exporter, numbered(4));
    expect(exporter.admit?.(1)).toBeDefined();
    await clock.advance(0);
    backend.attempts[1]!.succeed();
    await clock.advance(0);
    expect(exporter.admit?.(1)).toBeUndefined();
    expect([heldItems(), heldBytes()]).toEqual([0, 0]);
  });

  it('sends num_consumers at a time; meanwhile the next batch grows, and then the queue', async () => {
    const { exporter, clock, sent, backend } = batching(
      { min_size: 2, flush_timeout: '1s' },
      { num_consumers: 1, queue_size: 3 },
    );
    backend.answer = undefined;
    for (const number of [1, 2, 3]) call(exporter, numbered(number));
    await clock.advance(3_000);
    expect(sent()).toEqual([[0, 1, 2]]);
    backend.attempts[0]!.succeed();
    await clock.advance(0);
    expect(sent().slice(1)).toEqual([[3_000, 3]]);
    // Its time was up, and it found company while it waited for a worker.
    for (const number of [4, 5]) call(exporter, numbered(number));
    expect(call(exporter, numbered(6)).outcome).toBe('refused');
    await clock.advance(2_000);
    backend.attempts[1]!.succeed();
    await clock.advance(0);
    expect(sent().slice(2)).toEqual([[5_000, 4, 5]]);
  });

  it('drops what fails, once, whatever requests it came from', async () => {
    const { exporter, clock, backend, dropped, heldItems } = batching({ min_size: 4, max_size: 4 });
    backend.answer = (_, attempt) => {
      if (attempt === 0) throw new ConsumeError('permanent', 'bad');
    };
    call(exporter, numbered(1, 2, 3));
    call(exporter, numbered(4, 5, 6));
    await clock.advance(200);
    expect([...dropped]).toEqual([['permanent', 4]]);
    expect(heldItems()).toBe(0);
  });

  it('sends profiles at once, each by itself', async () => {
    const world = createWorld();
    const items: number[] = [];
    const settings = {
      ...world.settings,
      signal: 'profiles' as const,
      config: complete({ sending_queue: { batch: {} } }),
    };
    const exporter = deliver<'profiles'>(settings, async (batch) => void items.push(batch.itemCount));
    const json =
      '{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"samples":[{"stackIndex":1},{"stackIndex":1}]}]}]}]}';
    for (let i = 0; i < 2; i++) void exporter.consume(Profiles.fromJson(json), createContext({}));
    await world.clock.advance(0);
    expect(items).toEqual([2, 2]);
  });
});

describe('the metadata of a batch', () => {
  it('is none without partition keys, even of a single request', async () => {
    const { exporter, clock, backend } = batching({});
    call(exporter, numbered(1), from('a'));
    await clock.advance(200);
    expect(backend.attempts[0]!.context.client).toEqual({ metadata: new Map() });
  });

  it('keeps apart what differs in the keys, and carries these alone', async () => {
    const { exporter, clock, backend, sent } = batching({ partition: { metadata_keys: ['Tenant'] } });
    call(exporter, numbered(1), from('a', { other: '1' }));
    call(exporter, numbered(2), from('b'));
    call(exporter, numbered(3), from('a', { other: '2' }));
    call(exporter, numbered(4), from(undefined));
    await clock.advance(200);
    expect(sent()).toEqual([
      [200, 1, 3],
      [200, 2],
      [200, 4],
    ]);
    expect(backend.attempts.map(({ context }) => [...context.client.metadata])).toEqual([
      [['tenant', ['a']]],
      [['tenant', ['b']]],
      [],
    ]);
  });

  it('may have 10,000 values at a time: the one that was used longest ago is sent on', async () => {
    const { exporter, clock, sent } = batching(
      { partition: { metadata_keys: ['tenant'] }, flush_timeout: '1h' },
      { queue_size: 20_000 },
    );
    for (let i = 0; i < 10_000; i++) call(exporter, numbered(i), from(`t${i}`));
    await clock.advance(0);
    call(exporter, numbered(10_000), from('t0'));
    await clock.advance(0);
    expect(sent()).toEqual([]);
    call(exporter, numbered(10_001), from('new'));
    await clock.advance(0);
    expect(sent()).toEqual([[0, 1]]);
    await exporter.shutdown?.(never);
    expect(sent()).toHaveLength(10_001);
  });
});

describe('callers of a batch who wait', () => {
  const waiting = { wait_for_result: true } as const;

  it('each hear what became of it', async () => {
    const { exporter, clock, backend } = batching({ min_size: 2 }, waiting);
    backend.answer = (_, attempt) => {
      if (attempt > 0) throw new ConsumeError('permanent', 'bad');
    };
    const calls = [1, 2, 3, 4].map((number) => call(exporter, numbered(number)));
    await clock.advance(0);
    expect(calls.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'refused', 'refused']);
    expect(calls.map(rejectedIn)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('each get back all that they have handed over, where all of it has failed', async () => {
    const { exporter, clock, backend } = batching({ min_size: 6 }, waiting);
    backend.answer = () => {
      throw new ConsumeError('permanent', 'bad');
    };
    const calls = [
      [1, 2],
      [3, 4],
      [5, 6],
    ].map((numbers) => call(exporter, numbered(...numbers)));
    await clock.advance(0);
    expect(calls.map(({ outcome }) => outcome)).toEqual(['refused', 'refused', 'refused']);
    expect(calls.map(rejectedIn)).toEqual([undefined, undefined, undefined]);
  });

  it('hear all of it where a request was in several', async () => {
    const { exporter, clock, backend, dropped } = batching({ min_size: 2, max_size: 2 }, waiting, {
      retry_on_failure: { enabled: false },
    });
    backend.answer = (batch) => {
      const numbers = numbersIn(batch);
      if (numbers.includes(3)) throw new ConsumeError('retryable', 'busy');
      if (numbers.includes(6)) throw new ConsumeError('permanent', 'bad');
    };
    const first = call(exporter, numbered(1, 2, 3));
    const second = call(exporter, numbered(4, 5, 6));
    await clock.advance(0);
    // [1, 2] was taken, [3, 4] may be sent again, [5, 6] not.
    expect(first).toMatchObject({ outcome: 'refused', error: { kind: 'retryable' } });
    expect(second).toMatchObject({ outcome: 'refused', error: { kind: 'retryable' } });
    expect([rejectedIn(first), rejectedIn(second)]).toEqual([[3], [4]]);
    expect([...dropped]).toEqual([['permanent', 2]]);
  });

  it('get back their own of what was too large, and cut', async () => {
    const { exporter, clock, backend, dropped } = batching({ min_size: 6 }, waiting, {
      retry_on_failure: { enabled: false },
    });
    const maxBytes = numbered(1, 2).byteLength + 2;
    let failed: number[] = [];
    backend.answer = (batch) => {
      if (batch.byteLength > maxBytes) {
        throw new ConsumeError('permanent', 'too large', { tooLarge: { maxBytes } });
      }
      if (!numbersIn(batch).includes(4)) return;
      failed = numbersIn(batch);
      throw new ConsumeError('retryable', 'busy');
    };
    const calls = [[1], [2, 3], [4, 5, 6]].map((numbers) => call(exporter, numbered(...numbers)));
    await clock.advance(0);
    expect(failed.length).toBeLessThan(3);
    expect(calls[2]).toMatchObject({ outcome: 'refused', error: { kind: 'retryable' } });
    // Each item of the piece that failed, to the one whose it was.
    const given = calls.map((noted, i) => (noted.outcome === 'refused' ? (rejectedIn(noted) ?? [i]) : []));
    expect(given.flat()).toEqual(failed);
    expect(dropped.size).toBe(0);
  });

  it('are told that it is accepted where nobody knows whose items failed: these are dropped', async () => {
    const { exporter, clock, backend, dropped } = batching({ min_size: 4 }, waiting);
    backend.answer = (batch) => {
      batch.take(3);
      throw new ConsumeError('permanent', 'not this', { rejected: batch });
    };
    const calls = [
      [1, 2],
      [3, 4],
    ].map((numbers) => call(exporter, numbered(...numbers)));
    await clock.advance(0);
    expect(calls.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted']);
    expect([...dropped]).toEqual([['permanent', 1]]);
  });

  it('who have gone before it was put together are not sent', async () => {
    const { exporter, clock, sent } = batching({ min_size: 1 }, waiting);
    const gone = call(exporter, numbered(1), createContext({ signal: () => AbortSignal.abort() }));
    const there = call(exporter, numbered(2));
    await clock.advance(0);
    expect(sent()).toEqual([[0, 2]]);
    expect([gone.outcome, there.outcome]).toEqual(['refused', 'accepted']);
  });
});

describe('the shutdown of a batch', () => {
  it('sends what waits, without waiting for its time', async () => {
    const { exporter, clock, sent } = batching({
      flush_timeout: '1h',
      partition: { metadata_keys: ['tenant'] },
    });
    call(exporter, numbered(1), from('a'));
    call(exporter, numbered(2), from('b'));
    await clock.advance(0);
    const noted = shutDown(exporter);
    await clock.advance(0);
    expect([noted.isDone, clock.pending]).toEqual([true, 0]);
    expect(sent()).toEqual([
      [0, 1],
      [0, 2],
    ]);
  });

  it('ends with its grace, and counts what waits behind a backend that does not answer', async () => {
    const { exporter, clock, backend, dropped, heldItems } = batching({ min_size: 2 }, { num_consumers: 1 });
    backend.answer = undefined;
    for (const number of [1, 2, 3, 4, 5]) call(exporter, numbered(number));
    await clock.advance(0);
    const grace = new AbortController();
    const noted = shutDown(exporter, grace.signal);
    await clock.advance(1_000);
    expect([noted.isDone, heldItems()]).toEqual([false, 5]);
    grace.abort();
    await clock.advance(0);
    expect([noted.isDone, heldItems(), clock.pending]).toEqual([true, 0, 0]);
    expect([...dropped]).toEqual([['shutdown', 5]]);
  });
});
