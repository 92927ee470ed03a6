import { ConsumeError, createContext } from '@tributary/component';
import { deliver, type QueueConfig, type RetryConfig } from '@tributary/delivery';
import { describe, expect, it } from 'vitest';
import { call, complete, createBackend, createWorld, numbered, numbersIn, type World } from './support.js';

function queued(
  sending_queue: QueueConfig = {},
  retry_on_failure: RetryConfig = {},
): World & { backend: ReturnType<typeof createBackend>; exporter: ReturnType<typeof deliver<'logs'>> } {
  const world = createWorld();
  const backend = createBackend(world.clock);
  // Attempts of these tests end when the test says so.
  const config = complete({ timeout: '0s', sending_queue, retry_on_failure });
  return { ...world, backend, exporter: deliver<'logs'>({ ...world.settings, config }, backend.send) };
}

describe('the queue', () => {
  it('accepts at once, without a promise', () => {
    const { exporter } = queued();
    expect(exporter.consume(numbered(1), createContext({}))).toBeUndefined();
  });

  it('begins in the order of arrival, num_consumers at a time', async () => {
    const { exporter, backend, clock } = queued({ num_consumers: 2 });
    for (const number of [1, 2, 3, 4]) call(exporter, numbered(number));
    await clock.advance(0);
    expect(backend.attempts.map(({ numbers }) => numbers)).toEqual([[1], [2]]);
    backend.attempts[1]!.succeed();
    await clock.advance(0);
    expect(backend.attempts.map(({ numbers }) => numbers)).toEqual([[1], [2], [3]]);
  });

  it('says what it holds until it is sent', async () => {
    const { exporter, backend, clock, heldItems, heldBytes } = queued({ num_consumers: 1 });
    call(exporter, numbered(1, 2));
    call(exporter, numbered(3));
    const bytes = numbered(1, 2).byteLength + numbered(3).byteLength;
    await clock.advance(0);
    expect([heldItems(), heldBytes()]).toEqual([3, bytes]);
    backend.attempts[0]!.succeed();
    await clock.advance(0);
    expect([heldItems(), heldBytes()]).toEqual([1, numbered(3).byteLength]);
  });

  it('keeps what a context says, and not its signal', async () => {
    const { exporter, backend, clock } = queued();
    const caller = new AbortController();
    const client = { address: '10.0.0.1', metadata: new Map([['tenant', ['a']]]) };
    call(exporter, numbered(1), createContext({ client, signal: () => caller.signal }));
    await clock.advance(0);
    caller.abort();
    const [attempt] = backend.attempts;
    expect([attempt!.signal.aborted, attempt!.context.signal.aborted]).toEqual([false, false]);
    expect(attempt!.context.client).toBe(client);
  });

  it.each([
    ['requests', 2, [[1, 2, 3], [4]], [5]],
    ['items', 3, [[1, 2], [3]], [4]],
    ['bytes', numbered(1, 2).byteLength, [[1]], [2, 3]],
  ] as const)(
    'is full at queue_size, counted in %s, what is being sent included',
    async (sizer, queue_size, fitting, tooMany) => {
      const { exporter, backend, clock } = queued({ sizer, queue_size });
      for (const numbers of fitting) {
        expect(call(exporter, numbered(...numbers)).outcome).toBe('accepted');
      }
      await clock.advance(0);
      expect(backend.attempts).toHaveLength(fitting.length);
      const refused = call(exporter, numbered(...tooMany));
      expect(refused).toMatchObject({
        outcome: 'refused',
        error: { kind: 'refused', message: 'sending queue is full' },
      });
      for (const { succeed } of backend.attempts) succeed();
      await clock.advance(0);
      expect(call(exporter, numbered(...tooMany)).outcome).toBe('accepted');
    },
  );

  it('refuses for good what is larger than all of it', () => {
    const { exporter } = queued({ sizer: 'items', queue_size: 2 });
    const { error } = call(exporter, numbered(1, 2, 3));
    expect(error).toMatchObject({
      kind: 'permanent',
      message: 'element size too large: 3 items, where the sending queue holds 2',
    });
  });

  it('takes an empty batch without sending it, where it has no size', async () => {
    const { exporter, backend, clock } = queued({ sizer: 'items' });
    expect(call(exporter, numbered()).outcome).toBe('accepted');
    await clock.advance(0);
    expect(backend.attempts).toHaveLength(0);
  });
});

describe('the hint of a full queue', () => {
  const hintOf = ({ error }: { error?: unknown }): number | undefined =>
    ConsumeError.is(error) ? error.retryAfterMs : undefined;

  it('is a second while nothing has been measured', () => {
    const { exporter } = queued({ queue_size: 1 });
    call(exporter, numbered(1));
    expect(hintOf(call(exporter, numbered(2)))).toBe(1_000);
  });

  it('is the time that one place takes, as measured', async () => {
    const { exporter, backend, clock } = queued({ queue_size: 2, num_consumers: 1 });
    call(exporter, numbered(1));
    call(exporter, numbered(2));
    await clock.advance(400);
    backend.attempts[0]!.succeed();
    await clock.advance(0);
    call(exporter, numbered(3));
    expect(hintOf(call(exporter, numbered(4)))).toBe(400);
  });

  it('is not less than 100 ms', async () => {
    const { exporter, backend, clock } = queued({ queue_size: 2, num_consumers: 1 });
    call(exporter, numbered(1));
    call(exporter, numbered(2));
    await clock.advance(5);
    backend.attempts[0]!.succeed();
    await clock.advance(0);
    call(exporter, numbered(3));
    expect(hintOf(call(exporter, numbered(4)))).toBe(100);
  });

  it('grows while nothing moves, to 30 s', async () => {
    const { exporter, clock } = queued({ queue_size: 1 });
    call(exporter, numbered(1));
    await clock.advance(15_000);
    expect(hintOf(call(exporter, numbered(2)))).toBe(15_000);
  });
});

describe('admit', () => {
  it('says what consume would say', async () => {
    const { exporter, backend, clock } = queued({ queue_size: 1 });
    expect(exporter.admit?.(10)).toBeUndefined();
    call(exporter, numbered(1));
    expect(exporter.admit?.(10)).toEqual({ retryAfterMs: 1_000 });
    await clock.advance(0);
    backend.attempts[0]!.succeed();
    await clock.advance(0);
    expect(exporter.admit?.(10)).toBeUndefined();
  });

  it('lets a request pass that could never fit, for consume to answer', () => {
    const { exporter } = queued({ sizer: 'bytes', queue_size: 10 });
    expect(exporter.admit?.(1_000)).toBeUndefined();
  });

  it('counts the bytes that are announced', () => {
    const batch = numbered(1);
    const { exporter } = queued({ sizer: 'bytes', queue_size: batch.byteLength + 10 });
    call(exporter, batch);
    expect([exporter.admit?.(10), exporter.admit?.(undefined)]).toEqual([undefined, undefined]);
    expect(exporter.admit?.(11)).toEqual({ retryAfterMs: 1_000 });
  });

  it('has no opinion without a queue, and while callers wait for room', () => {
    expect('admit' in queued({ enabled: false }).exporter).toBe(false);
    const { exporter } = queued({ queue_size: 1, block_on_overflow: true });
    call(exporter, numbered(1));
    expect(exporter.admit?.(1)).toBeUndefined();
  });
});

describe('block_on_overflow', () => {
  it('lets callers wait for room, in their order', async () => {
    const { exporter, backend, clock } = queued({
      sizer: 'items',
      queue_size: 2,
      num_consumers: 1,
      block_on_overflow: true,
    });
    const calls = [[1], [2], [3, 4], [5]].map((numbers) => call(exporter, numbered(...numbers)));
    const outcomes = (): string[] => calls.map(({ outcome }) => outcome);
    await clock.advance(0);
    expect(outcomes()).toEqual(['accepted', 'accepted', 'waiting', 'waiting']);
    backend.attempts[0]!.succeed();
    await clock.advance(0);
    // There is room for the last one, who does not pass the one before.
    expect(outcomes()).toEqual(['accepted', 'accepted', 'waiting', 'waiting']);
    backend.attempts[1]!.succeed();
    await clock.advance(0);
    expect(outcomes()).toEqual(['accepted', 'accepted', 'accepted', 'waiting']);
  });

  it('refuses a caller who waits no longer, and lets in who stood behind', async () => {
    const { exporter, clock, backend } = queued({ sizer: 'items', queue_size: 2, block_on_overflow: true });
    call(exporter, numbered(1));
    const caller = new AbortController();
    const gone = call(exporter, numbered(2, 3), createContext({ signal: () => caller.signal }));
    const behind = call(exporter, numbered(4));
    expect(behind.outcome).toBe('waiting');
    caller.abort();
    await clock.advance(0);
    expect(gone).toMatchObject({ outcome: 'refused', error: { kind: 'refused' } });
    expect(behind.outcome).toBe('accepted');
    expect(backend.attempts.map(({ numbers }) => numbers)).toEqual([[1], [4]]);
  });

  it('refuses at once what can never fit', () => {
    const { exporter } = queued({ sizer: 'items', queue_size: 1, block_on_overflow: true });
    expect(call(exporter, numbered(1, 2))).toMatchObject({ error: { kind: 'permanent' } });
  });
});

describe('wait_for_result', () => {
  it('answers when the batch is sent, and counts it as nobody but the caller’s', async () => {
    const { exporter, backend, clock, heldItems } = queued({ wait_for_result: true });
    const noted = call(exporter, numbered(1));
    await clock.advance(0);
    expect([noted.outcome, heldItems()]).toEqual(['waiting', 0]);
    backend.attempts[0]!.succeed();
    await clock.advance(0);
    expect(noted.outcome).toBe('accepted');
  });

  it('tells the failure and the part that is left', async () => {
    const { exporter, backend, clock, dropped } = queued({ wait_for_result: true });
    backend.answer = (batch) => {
      batch.take(1);
      throw new ConsumeError('permanent', 'bad', { rejected: batch });
    };
    const noted = call(exporter, numbered(1, 2));
    await clock.advance(0);
    const { error } = noted;
    expect(ConsumeError.is(error) && numbersIn(error.rejected as never)).toEqual([2]);
    expect(dropped.size).toBe(0);
  });

  it('refuses when the queue is full', async () => {
    const { exporter, clock } = queued({ wait_for_result: true, queue_size: 1 });
    call(exporter, numbered(1));
    const noted = call(exporter, numbered(2));
    await clock.advance(0);
    expect(noted).toMatchObject({ outcome: 'refused', error: { message: 'sending queue is full' } });
  });
});

describe('what nobody can be told', () => {
  it.each([
    ['permanent', 'permanent', ''],
    ['retryable', 'retries_exhausted', 'no more retries left: '],
  ] as const)('is dropped and logged: %s is %s', async (kind, reason, words) => {
    const retry = { initial_interval: '5s', max_interval: '5s', max_elapsed_time: '6s' } as const;
    const { exporter, backend, clock, dropped, lines, heldItems } = queued({}, retry);
    backend.answer = () => {
      throw new ConsumeError(kind, 'says the backend');
    };
    call(exporter, numbered(1, 2));
    await clock.advance(10_000);
    expect([...dropped]).toEqual([[reason, 2]]);
    expect(heldItems()).toBe(0);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([
      {
        level: 'error',
        message: 'Exporting failed. Dropping data.',
        fields: { dropped_items: 2, reason, error: `${words}says the backend` },
      },
    ]);
  });

  it('is only the part that is left', async () => {
    const { exporter, backend, clock, dropped } = queued();
    backend.answer = (batch) => {
      batch.take(1);
      throw new ConsumeError('permanent', 'bad', { rejected: batch });
    };
    call(exporter, numbered(1, 2, 3));
    await clock.advance(0);
    expect([...dropped]).toEqual([['permanent', 2]]);
  });
});
