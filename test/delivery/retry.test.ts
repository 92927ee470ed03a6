import { ConsumeError, createContext, type ConsumeErrorKind } from '@tributary/component';
import { deliver, type DeliveryConfig } from '@tributary/delivery';
import { describe, expect, it } from 'vitest';
import { call, complete, createBackend, createWorld, numbered, numbersIn, type World } from './support.js';

/** Without a queue: what comes of it is what the caller hears. */
function direct(
  config: DeliveryConfig = {},
  world: World = createWorld(),
): World & { backend: ReturnType<typeof createBackend>; exporter: ReturnType<typeof deliver<'logs'>> } {
  const backend = createBackend(world.clock);
  const settings = { ...world.settings, config: complete({ sending_queue: { enabled: false }, ...config }) };
  return { ...world, backend, exporter: deliver<'logs'>(settings, backend.send) };
}

function failing(kind: ConsumeErrorKind, retryAfterMs?: number): () => never {
  return () => {
    throw new ConsumeError(kind, 'says the backend', { retryAfterMs });
  };
}

describe('when attempts are made', () => {
  it.each([
    ['in the middle', 0.5, [0, 5_000, 12_500, 23_750, 40_625, 65_937.5, 95_937.5, 125_937.5]],
    ['at the early end', 0, [0, 2_500, 6_250, 11_875, 20_312.5, 32_968.75, 47_968.75, 62_968.75]],
  ] as const)('follows the intervals of the Collector, chance being %s', async (_, chance, times) => {
    const { backend, exporter, clock } = direct(
      {},
      createWorld(() => chance),
    );
    backend.answer = failing('retryable');
    call(exporter, numbered(1));
    await clock.advance(times.at(-1)!);
    expect(backend.attempts.map(({ atMs }) => atMs)).toEqual(times);
  });

  it.each([
    ['obeys a hint that is longer than its pause', 8_000, 8_000],
    ['keeps its pause where the hint is shorter', 1_000, 5_000],
    ['obeys a hint above max_interval', 60_000, 60_000],
  ])('%s', async (_, hintMs, secondMs) => {
    const { backend, exporter, clock } = direct();
    backend.answer = failing('refused', hintMs);
    call(exporter, numbered(1));
    await clock.advance(secondMs);
    expect(backend.attempts.map(({ atMs }) => atMs)).toEqual([0, secondMs]);
  });

  it('says why and for how long, as the Collector does, at a limited rate', async () => {
    const { backend, exporter, clock, lines } = direct();
    backend.answer = failing('retryable');
    call(exporter, numbered(1));
    call(exporter, numbered(2));
    await clock.advance(12_500);
    const message = 'Exporting failed. Will retry the request after interval.';
    const error = 'says the backend';
    expect(lines).toEqual([
      { level: 'info', message, fields: { error, interval: '5s', retries: 1 } },
      // The second call, both after 5 s, and one of both after 12.5 s.
      { level: 'info', message, fields: { error, interval: '11.25s', retries: 4 } },
    ]);
  });

  it('retries what is no ConsumeError, also when it comes before the first promise', async () => {
    const world = createWorld();
    let attempts = 0;
    const exporter = deliver(
      { ...world.settings, config: complete({ sending_queue: { enabled: false } }) },
      () => {
        if (++attempts === 1) throw new TypeError('a bug');
        return Promise.resolve();
      },
    );
    const { outcome } = await settled(world, call(exporter, numbered(1)), 5_000);
    expect([outcome, attempts]).toEqual(['accepted', 2]);
  });
});

async function settled<T>({ clock }: World, noted: T, ms: number): Promise<T> {
  await clock.advance(ms);
  return noted;
}

describe('when it gives up', () => {
  it('does at once what would fail again', async () => {
    const world = direct();
    const status = { code: 3, message: 'bad data' };
    world.backend.answer = () => {
      throw new ConsumeError('permanent', 'bad data', { status });
    };
    const noted = await settled(world, call(world.exporter, numbered(1)), 600_000);
    expect(world.backend.attempts).toHaveLength(1);
    expect(noted).toMatchObject({ outcome: 'refused', error: { kind: 'permanent', status } });
  });

  it.each([
    [30_000, [0, 5_000, 12_500, 23_750]],
    [40_624, [0, 5_000, 12_500, 23_750]],
    [40_625, [0, 5_000, 12_500, 23_750, 40_625]],
  ])('starts no pause that ends after max_elapsed_time, %d ms', async (maxMs, times) => {
    const world = direct({ retry_on_failure: { max_elapsed_time: `${maxMs}ms`, max_interval: '30s' } });
    world.backend.answer = failing('retryable', 10);
    const noted = call(world.exporter, numbered(1));
    // It is told when it is known, not when time is over.
    await world.clock.advance(times.at(-1)!);
    expect(world.backend.attempts.map(({ atMs }) => atMs)).toEqual(times);
    expect(noted).toMatchObject({
      outcome: 'refused',
      error: {
        kind: 'retryable',
        message: 'no more retries left: says the backend',
        retryAfterMs: 10,
      },
    });
  });

  it('retries for ever where max_elapsed_time is 0', async () => {
    const world = direct({ retry_on_failure: { max_elapsed_time: '0s' } });
    world.backend.answer = failing('retryable');
    const noted = await settled(world, call(world.exporter, numbered(1)), 24 * 3_600_000);
    expect(noted.outcome).toBe('waiting');
  });

  it('makes one attempt where retry is off, and says what would help', async () => {
    const world = direct({ retry_on_failure: { enabled: false } });
    world.backend.answer = failing('retryable');
    const noted = await settled(world, call(world.exporter, numbered(1)), 600_000);
    expect(world.backend.attempts).toHaveLength(1);
    expect(noted).toMatchObject({ outcome: 'refused', error: { kind: 'retryable' } });
    expect(world.lines).toEqual([
      {
        level: 'error',
        message:
          'Exporting failed. Rejecting data. Try enabling retry_on_failure config option to retry on retryable errors.',
        fields: { error: 'says the backend', rejected_items: 1 },
      },
    ]);
    expect(world.dropped.size).toBe(0);
  });

  it('recommends no section that the exporter does not offer', async () => {
    const world = createWorld();
    const config = complete({ retry_on_failure: { enabled: false }, sending_queue: { enabled: false } });
    const fail = (): Promise<void> => Promise.reject(new ConsumeError('retryable', 'full'));
    const exporter = deliver({ ...world.settings, config }, fail, { sections: [] });
    await settled(world, call(exporter, numbered(1)), 1_000);
    expect(world.lines.map(({ message }) => message)).toEqual(['Exporting failed. Rejecting data.']);
  });

  it('ends its pause when the caller waits no longer', async () => {
    const world = direct();
    world.backend.answer = failing('retryable');
    const caller = new AbortController();
    const noted = call(world.exporter, numbered(1), createContext({ signal: () => caller.signal }));
    await world.clock.advance(1_000);
    caller.abort();
    await world.clock.advance(0);
    expect(noted).toMatchObject({
      outcome: 'refused',
      error: { message: 'the caller waits no longer: says the backend' },
    });
    expect(world.clock.pending).toBe(0);
  });
});

describe('a part that was not taken', () => {
  const keepFirst = (kind: ConsumeErrorKind) => (batch: Parameters<typeof numbersIn>[0]) => {
    batch.take(1);
    throw new ConsumeError(kind, 'not these', { rejected: batch });
  };

  it('is sent again without the rest', async () => {
    const world = direct();
    world.backend.answer = (batch, attempt) => (attempt < 2 ? keepFirst('retryable')(batch) : undefined);
    const noted = await settled(world, call(world.exporter, numbered(1, 2, 3)), 12_500);
    expect(world.backend.attempts.map(({ numbers }) => numbers)).toEqual([[1, 2, 3], [2, 3], [3]]);
    expect(noted.outcome).toBe('accepted');
  });

  it('is what the caller gets back, also when a later attempt failed as a whole', async () => {
    const world = direct({
      retry_on_failure: { max_elapsed_time: '30s', initial_interval: '20s' },
    });
    world.backend.answer = (batch, attempt) =>
      attempt === 0 ? keepFirst('retryable')(batch) : failing('retryable')();
    const { error } = await settled(world, call(world.exporter, numbered(1, 2, 3)), 60_000);
    expect(ConsumeError.is(error) && numbersIn(error.rejected as never)).toEqual([2, 3]);
  });

  it('that is empty means that all was taken', async () => {
    const world = direct();
    world.backend.answer = () => {
      throw new ConsumeError('retryable', 'nothing left', { rejected: numbered() });
    };
    expect(await settled(world, call(world.exporter, numbered(1)), 0)).toEqual({ outcome: 'accepted' });
  });
});

describe('timeout', () => {
  it('ends an attempt that heeds its signal, and retries', async () => {
    const world = direct();
    const noted = call(world.exporter, numbered(1));
    await world.clock.advance(4_999);
    expect(world.backend.attempts[0]!.signal.aborted).toBe(false);
    await world.clock.advance(1);
    expect(world.backend.attempts[0]!.signal.aborted).toBe(true);
    await world.clock.advance(5_000);
    world.backend.attempts[1]!.succeed();
    expect((await settled(world, noted, 0)).outcome).toBe('accepted');
    expect(world.clock.pending).toBe(0);
  });

  it('gives an attempt up that ignores its signal, and does not hear its late answer', async () => {
    const world = direct({ retry_on_failure: { enabled: false } });
    const noted = await settled(world, call(world.exporter, numbered(1)), 5_000);
    expect(noted).toMatchObject({
      outcome: 'refused',
      error: { kind: 'retryable', message: 'no answer within 5000 ms' },
    });
    world.backend.attempts[0]!.succeed();
    expect((await settled(world, noted, 0)).outcome).toBe('refused');
  });

  it('is none where it is 0', async () => {
    const world = direct({ timeout: '0s' });
    const noted = call(world.exporter, numbered(1));
    await world.clock.advance(3_600_000);
    expect([noted.outcome, world.clock.pending]).toEqual(['waiting', 0]);
  });

  it('leaves no timer behind an attempt that has ended', async () => {
    const world = direct();
    world.backend.answer = () => {};
    await settled(world, call(world.exporter, numbered(1)), 0);
    expect(world.clock.pending).toBe(0);
  });
});
