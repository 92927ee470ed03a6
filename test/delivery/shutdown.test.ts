import { ConsumeError } from '@tributary/component';
import { deliver, type DeliveryConfig } from '@tributary/delivery';
import { describe, expect, it } from 'vitest';
import {
  call,
  complete,
  createBackend,
  createWorld,
  never,
  numbered,
  shutDown,
  type World,
} from './support.js';

function exporting(
  config: DeliveryConfig = {},
): World & { backend: ReturnType<typeof createBackend>; exporter: ReturnType<typeof deliver<'logs'>> } {
  const world = createWorld();
  const backend = createBackend(world.clock);
  const settings = { ...world.settings, config: complete({ timeout: '0s', ...config }) };
  return { ...world, backend, exporter: deliver<'logs'>(settings, backend.send) };
}

function fail(): never {
  throw new ConsumeError('retryable', 'says the backend');
}

function tooLarge(): never {
  throw new ConsumeError('permanent', 'large', { tooLarge: { maxBytes: 1 } });
}

describe('shutdown', () => {
  it.each([{}, { sending_queue: { enabled: false } }])(
    'is safe before the start, and twice, with %j',
    async (config) => {
      const { exporter, clock } = exporting(config);
      await Promise.all([exporter.shutdown?.(never), exporter.shutdown?.(never)]);
      await exporter.shutdown?.(AbortSignal.abort());
      expect(clock.pending).toBe(0);
    },
  );

  it.each([
    {},
    { sending_queue: { enabled: false } },
    { sending_queue: { wait_for_result: true } },
    { sending_queue: { block_on_overflow: true } },
  ])('takes no more, with %j', async (config) => {
    const { exporter, backend, clock } = exporting(config);
    await exporter.shutdown?.(never);
    const noted = call(exporter, numbered(1));
    await clock.advance(0);
    expect(noted).toMatchObject({ outcome: 'refused', error: { kind: 'refused', retryAfterMs: 1_000 } });
    expect(backend.attempts).toHaveLength(0);
  });

  it('sends all that is in the queue', async () => {
    const { exporter, backend, clock, dropped } = exporting({ sending_queue: { num_consumers: 1 } });
    backend.answer = () => clock.sleep(100);
    for (const number of [1, 2, 3]) call(exporter, numbered(number));
    const noted = shutDown(exporter);
    await clock.advance(299);
    expect(noted.isDone).toBe(false);
    await clock.advance(1);
    expect(noted.isDone).toBe(true);
    expect([backend.attempts.length, dropped.size]).toEqual([3, 0]);
  });

  it('waits for the calls that wait', async () => {
    const { exporter, backend, clock } = exporting({ sending_queue: { enabled: false } });
    const caller = call(exporter, numbered(1));
    const noted = shutDown(exporter);
    await clock.advance(0);
    expect(noted.isDone).toBe(false);
    backend.attempts[0]!.succeed();
    await clock.advance(0);
    expect([noted.isDone, caller.outcome]).toEqual([true, 'accepted']);
  });

  it('ends a pause at once', async () => {
    const { exporter, backend, clock } = exporting();
    backend.answer = (_, attempt) => (attempt === 0 ? fail() : undefined);
    call(exporter, numbered(1));
    await clock.advance(1_000);
    const noted = shutDown(exporter);
    await clock.advance(0);
    expect(backend.attempts.map(({ atMs }) => atMs)).toEqual([0, 1_000]);
    expect([noted.isDone, clock.pending]).toEqual([true, 0]);
  });

  it('tries again after short pauses while grace lasts, whatever the backend asks for', async () => {
    const { exporter, backend, clock, dropped } = exporting();
    backend.answer = (_, attempt) => {
      if (attempt < 6) throw new ConsumeError('refused', 'busy', { retryAfterMs: 60_000 });
    };
    call(exporter, numbered(1));
    const noted = shutDown(exporter);
    await clock.advance(10_000);
    expect(backend.attempts.map(({ atMs }) => atMs)).toEqual([0, 100, 250, 475, 812.5, 1318.75, 2078.125]);
    expect([noted.isDone, dropped.size]).toEqual([true, 0]);
  });

  it('gives every batch its turn, also behind batches that fail again and again', async () => {
    const { exporter, backend, clock, dropped } = exporting({ sending_queue: { num_consumers: 1 } });
    const sent: number[] = [];
    backend.answer = (_, attempt) => {
      const [number] = backend.attempts[attempt]!.numbers;
      if (number! <= 2) fail();
      sent.push(number!);
    };
    for (const number of [1, 2, 3, 4]) call(exporter, numbered(number));
    const grace = new AbortController();
    shutDown(exporter, grace.signal);
    await clock.advance(1_000);
    expect(sent).toEqual([3, 4]);
    grace.abort();
    await clock.advance(0);
    expect([...dropped]).toEqual([['shutdown', 2]]);
  });

  it('makes one last attempt where retry is off', async () => {
    const { exporter, backend, clock, dropped } = exporting({
      retry_on_failure: { enabled: false },
      sending_queue: { num_consumers: 1 },
    });
    call(exporter, numbered(1));
    call(exporter, numbered(2));
    await clock.advance(0);
    backend.answer = fail;
    const noted = shutDown(exporter);
    backend.attempts[0]!.succeed();
    await clock.advance(0);
    expect([backend.attempts.length, noted.isDone]).toEqual([2, true]);
    expect([...dropped]).toEqual([['retries_exhausted', 1]]);
  });

  it('drops what is left when grace is over, and says how much, once', async () => {
    const { exporter, backend, clock, dropped, lines, heldItems } = exporting({
      sending_queue: { num_consumers: 1 },
    });
    for (const number of [1, 2, 3]) call(exporter, numbered(number, number));
    await clock.advance(0);
    const grace = new AbortController();
    const noted = shutDown(exporter, grace.signal);
    await clock.advance(5_000);
    grace.abort();
    await clock.advance(0);
    expect([noted.isDone, heldItems(), clock.pending]).toEqual([true, 0, 0]);
    expect(backend.attempts.map(({ signal }) => signal.aborted)).toEqual([true]);
    expect([...dropped]).toEqual([['shutdown', 6]]);
    expect(lines).toEqual([
      {
        level: 'error',
        message: 'Shut down before everything was sent. Dropping data.',
        fields: { dropped_items: 6, reason: 'shutdown' },
      },
    ]);
  });

  it('counts once what was about to be a success when grace was over', async () => {
    const { settings, clock, dropped } = createWorld();
    const grace = new AbortController();
    const booked: number[] = [];
    const exporter = deliver<'logs'>({ ...settings, config: complete() }, async (batch) => {
      if (batch.itemCount === 2) grace.abort();
      return () => booked.push(batch.itemCount);
    });
    call(exporter, numbered(1));
    await clock.advance(0);
    call(exporter, numbered(2, 3));
    await exporter.shutdown?.(grace.signal);
    expect(booked).toEqual([1]);
    expect([...dropped]).toEqual([['shutdown', 2]]);
  });

  it('tries nothing where there is no grace', async () => {
    const { exporter, backend, dropped, clock } = exporting({ sending_queue: { num_consumers: 1 } });
    call(exporter, numbered(1));
    call(exporter, numbered(2));
    await exporter.shutdown?.(AbortSignal.abort());
    await clock.advance(0);
    expect(backend.attempts.length).toBeLessThanOrEqual(1);
    expect([...dropped]).toEqual([['shutdown', 2]]);
  });

  it('can be cut short by a second one with less grace', async () => {
    const { exporter, clock, dropped } = exporting();
    call(exporter, numbered(1));
    const first = shutDown(exporter);
    await clock.advance(1_000);
    const second = shutDown(exporter, AbortSignal.abort());
    await clock.advance(0);
    expect([first.isDone, second.isDone]).toEqual([true, true]);
    expect([...dropped]).toEqual([['shutdown', 1]]);
  });

  it.each([
    ['does not answer', (): Promise<void> => new Promise(() => {})],
    ['refuses', fail],
    ['says that everything is too large', tooLarge],
  ])(
    'ends with its grace behind a full queue, and counts all of it, where the backend %s',
    async (_, answer) => {
      const { exporter, backend, clock, dropped, lines, heldItems } = exporting({
        timeout: '5s',
        sending_queue: { queue_size: 100 },
      });
      backend.answer = answer;
      let accepted = 0;
      while (call(exporter, numbered(accepted, accepted)).outcome === 'accepted') accepted++;
      expect(accepted).toBe(100);
      const grace = new AbortController();
      clock.after(25_000, () => grace.abort());
      const noted = shutDown(exporter, grace.signal);
      await clock.advance(25_000);
      expect([noted.isDone, heldItems(), clock.pending]).toEqual([true, 0, 0]);
      expect([...dropped.values()]).toEqual([200]);
      let named = 0;
      for (const { fields } of lines) named += Number(fields['dropped_items'] ?? 0);
      expect(named).toBe(200);
    },
  );

  it('answers those who wait: for the outcome, and for room', async () => {
    const { exporter, clock, dropped } = exporting({
      sending_queue: { wait_for_result: true, block_on_overflow: true, queue_size: 1 },
    });
    const inside = call(exporter, numbered(1));
    const outside = call(exporter, numbered(2));
    await clock.advance(0);
    const grace = new AbortController();
    shutDown(exporter, grace.signal);
    await clock.advance(0);
    expect(outside).toMatchObject({ outcome: 'refused', error: { kind: 'refused' } });
    expect(inside.outcome).toBe('waiting');
    grace.abort();
    await clock.advance(0);
    expect(inside).toMatchObject({ outcome: 'refused', error: { kind: 'retryable' } });
    expect(dropped.size).toBe(0);
  });
});
