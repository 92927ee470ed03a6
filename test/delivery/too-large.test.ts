import { ConsumeError, createContext, type Batch } from '@tributary/component';
import { deliver, type DeliveryConfig } from '@tributary/delivery';
import { Logs, Profiles, Traces } from '@tributary/pdata';
import { describe, expect, it } from 'vitest';
import { call, complete, createBackend, createWorld, numbered, numbersIn, type World } from './support.js';

interface Arrangement extends World {
  readonly backend: ReturnType<typeof createBackend>;
  readonly exporter: ReturnType<typeof deliver<'logs'>>;
  /** What was taken, in its order. */
  readonly taken: number[];
  /** Bytes of each request, refused ones included. */
  readonly requests: number[];
  maxBytes: number;
}

/** A backend that takes requests of up to `maxBytes`, and says so unless `named` is false. */
function limited(maxBytes: number, config: DeliveryConfig = {}, named = true): Arrangement {
  const world = createWorld();
  const backend = createBackend(world.clock);
  const taken: number[] = [];
  const requests: number[] = [];
  const settings = { ...world.settings, config: complete({ timeout: '0s', ...config }) };
  const exporter = deliver<'logs'>(settings, backend.send);
  const arrangement = { ...world, backend, exporter, taken, requests, maxBytes };
  backend.answer = (batch) => {
    requests.push(batch.byteLength);
    if (batch.byteLength > arrangement.maxBytes) throw tooLarge(named ? arrangement.maxBytes : undefined);
    taken.push(...numbersIn(batch));
  };
  return arrangement;
}

function tooLarge(maxBytes?: number): ConsumeError {
  return new ConsumeError('permanent', 'larger than max', {
    status: { code: 8, message: 'larger than max' },
    tooLarge: { maxBytes },
  });
}

/** A log record of about so many bytes for each number. */
function sized(sizes: Readonly<Record<number, number>>): Logs {
  const logs = Logs.create();
  const scope = logs.addResourceLogs().addScope();
  for (const [number, bytes] of Object.entries(sizes)) {
    scope.add({ body: Number(number), attributes: { filler: 'x'.repeat(bytes) } });
  }
  return logs;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a batch that is too large', () => {
  it('is cut by the limit that the peer names, into as few requests as there can be', async () => {
    const world = createWorld();
    const traces = Traces.create();
    const scope = traces
      .addResourceSpans({ resource: { attributes: { 'service.name': 'shop' } } })
      .addScope();
    for (let i = 0; i < 10_000; i++) {
      scope.add({ name: 'span', attributes: { filler: 'x'.repeat(1_000) } });
    }
    const maxBytes = 4 * 2 ** 20;
    const requests: [items: number, bytes: number][] = [];
    const exporter = deliver<'traces'>(
      { ...world.settings, signal: 'traces', config: complete() },
      async (batch) => {
        requests.push([batch.itemCount, batch.byteLength]);
        if (batch.byteLength > maxBytes) throw tooLarge(maxBytes);
      },
    );
    void exporter.consume(traces, createContext({}));
    await world.clock.advance(0);
    expect(requests).toHaveLength(4);
    const [refused, ...passed] = requests;
    expect(refused![0]).toBe(10_000);
    expect(passed.reduce((sum, [items]) => sum + items, 0)).toBe(10_000);
    expect(Math.max(...passed.map(([, bytes]) => bytes))).toBeLessThanOrEqual(maxBytes);
    expect([world.dropped.size, world.heldItems()]).toEqual([0, 0]);
  });

  it('is cut in two where the peer does not say how much it takes, again and again', async () => {
    const size = numbered(...numbers(16)).byteLength;
    const { exporter, clock, taken, requests, dropped } = limited(size / 3, {}, false);
    call(exporter, numbered(...numbers(16)));
    await clock.advance(0);
    expect(taken).toEqual(numbers(16));
    expect(requests.length).toBeLessThan(10);
    expect(dropped.size).toBe(0);
  });

  it.each([true, false])(
    'is cut before it is sent from then on; the limit being named: %s',
    async (named) => {
      const size = numbered(...numbers(16)).byteLength;
      const { exporter, clock, taken, requests } = limited(size / 2.5, {}, named);
      call(exporter, numbered(...numbers(16)));
      await clock.advance(0);
      requests.length = 0;
      for (let round = 0; round < 3; round++) call(exporter, numbered(...numbers(16)));
      await clock.advance(0);
      expect(Math.max(...requests)).toBeLessThanOrEqual(size / 2.5);
      expect(taken).toHaveLength(64);
    },
  );

  it('loses the one item that is too large by itself, and says so', async () => {
    const { exporter, clock, taken, dropped, lines } = limited(200);
    call(exporter, sized({ 0: 10, 1: 500, 2: 10, 3: 10 }));
    await clock.advance(0);
    expect(taken).toEqual([0, 2, 3]);
    expect([...dropped]).toEqual([['too_large', 1]]);
    expect(lines).toEqual([
      {
        level: 'error',
        message: 'Exporting failed. Dropping data.',
        fields: { dropped_items: 1, reason: 'too_large', error: 'larger than max' },
      },
    ]);
  });

  it('sends one item although it is larger than a limit that was guessed', async () => {
    const backend = limited(600, {}, false);
    // Once, for no reason that anybody knows.
    backend.maxBytes = 100;
    call(backend.exporter, sized({ 0: 10, 1: 10, 2: 10 }));
    await backend.clock.advance(0);
    backend.maxBytes = 600;
    call(backend.exporter, sized({ 3: 10, 4: 500, 5: 10 }));
    await backend.clock.advance(0);
    expect(backend.taken).toEqual([0, 1, 2, 3, 4, 5]);
    expect(backend.dropped.size).toBe(0);
  });

  it('that cannot be cut is dropped: profiles', async () => {
    const world = createWorld();
    let requests = 0;
    const settings = { ...world.settings, signal: 'profiles' as const, config: complete() };
    const exporter = deliver<'profiles'>(settings, async () => {
      requests++;
      throw tooLarge(10);
    });
    void exporter.consume(profiles(), createContext({}));
    await world.clock.advance(0);
    expect([requests, [...world.dropped]]).toEqual([1, [['too_large', 2]]]);
  });

  it('sends a part that failed again alone, when the others have had their turn', async () => {
    const { exporter, clock, backend, taken, dropped } = limited(Infinity);
    const size = numbered(...numbers(4)).byteLength;
    backend.answer = (batch, attempt) => {
      if (attempt === 0) throw tooLarge(size * 0.6);
      if (attempt === 1) throw new ConsumeError('retryable', 'busy');
      taken.push(...numbersIn(batch));
    };
    call(exporter, numbered(...numbers(4)));
    await clock.advance(60_000);
    expect(backend.attempts.map(({ atMs, numbers }) => [atMs, ...numbers])).toEqual([
      [0, 0, 1, 2, 3],
      [0, 0, 1],
      [5_000, 2, 3],
      [5_000, 0, 1],
    ]);
    expect([taken, dropped.size]).toEqual([[2, 3, 0, 1], 0]);
  });
});

describe('a caller who waits', () => {
  const off = { sending_queue: { enabled: false }, retry_on_failure: { enabled: false } };
  const rejectedIn = ({ error }: { error?: unknown }): number[] | undefined =>
    ConsumeError.is(error) && error.rejected !== undefined
      ? numbersIn(error.rejected as Batch<'logs'>)
      : undefined;

  it('gets back what may be sent again, and not what is dropped', async () => {
    const { exporter, clock, backend, dropped } = limited(300, off);
    const { answer } = backend;
    backend.answer = (batch, attempt) => {
      if (numbersIn(batch).includes(3)) throw new ConsumeError('retryable', 'busy');
      return answer!(batch, attempt);
    };
    backend.answer = ((given) => (batch: Batch<'logs'>, attempt: number) => {
      if (attempt === 0) throw tooLarge(300);
      return given(batch, attempt);
    })(backend.answer);
    const noted = call(exporter, sized({ 0: 10, 1: 500, 2: 10, 3: 200, 4: 200 }));
    await clock.advance(0);
    expect(noted).toMatchObject({ outcome: 'refused', error: { kind: 'retryable', message: 'busy' } });
    // The request that failed carried both.
    expect(rejectedIn(noted)).toEqual([2, 3]);
    expect([...dropped]).toEqual([['too_large', 1]]);
  });

  it('gets back what is too large by itself where all else was taken, and it is not dropped twice', async () => {
    const { exporter, clock, taken, dropped } = limited(300, off);
    const noted = call(exporter, sized({ 0: 10, 1: 500, 2: 10 }));
    await clock.advance(0);
    expect(taken).toEqual([0, 2]);
    expect(noted).toMatchObject({ outcome: 'refused', error: { kind: 'permanent', status: { code: 8 } } });
    expect(rejectedIn(noted)).toEqual([1]);
    expect(dropped.size).toBe(0);
  });

  it('hears that it was too large only where it cannot be cut any more', async () => {
    const { exporter, clock } = limited(10, off);
    const one = call(exporter, sized({ 0: 100 }));
    const two = call(exporter, sized({ 1: 100, 2: 100 }));
    await clock.advance(0);
    expect(one).toMatchObject({
      error: { kind: 'permanent', rejected: undefined, tooLarge: { maxBytes: 10 } },
    });
    expect(two).toMatchObject({ error: { kind: 'permanent', rejected: undefined, tooLarge: undefined } });
  });
});

describe('a limit that nobody has named', () => {
  it('grows again, in steps between what passed and what did not', async () => {
    const backend = limited(0, {}, false);
    const batch = (): Logs => numbered(...numbers(64));
    const size = batch().byteLength;
    backend.maxBytes = size * 0.9;
    for (let round = 0; round < 500; round++) {
      call(backend.exporter, batch());
      await backend.clock.advance(0);
    }
    const last = backend.requests.slice(-40);
    expect(backend.requests.filter((bytes) => bytes > backend.maxBytes).length).toBeLessThan(8);
    expect(Math.max(...last)).toBeGreaterThan(size * 0.75);
    expect(backend.taken).toHaveLength(32_000);
  });

  it('is forgotten after a while, where larger requests pass', async () => {
    const backend = limited(0, {}, false);
    const batch = (): Logs => numbered(...numbers(64));
    backend.maxBytes = batch().byteLength / 10;
    call(backend.exporter, batch());
    await backend.clock.advance(0);
    backend.maxBytes = Infinity;
    await backend.clock.advance(600_000);
    for (let round = 0; round < 200; round++) {
      call(backend.exporter, batch());
      await backend.clock.advance(0);
    }
    expect(backend.requests.at(-1)).toBe(batch().byteLength);
  });
});

/** Two samples. */
function profiles(): Profiles {
  const json = JSON.stringify({
    resourceProfiles: [
      { scopeProfiles: [{ profiles: [{ samples: [{ stackIndex: 1 }, { stackIndex: 1 }] }] }] },
    ],
  });
  return Profiles.fromJson(json);
}
