import { ConsumeError, createContext, type Batch, type Context } from '@tributary/component';
import { createOutbox, type OutboxLimits } from '@tributary/delivery';
import { describe, expect, it } from 'vitest';
import { call, createWorld, never, numbered, numbersIn, shutDown, type World } from './support.js';

interface Offer {
  readonly atMs: number;
  readonly numbers: readonly number[];
  readonly context: Context;
}

interface Arrangement extends World {
  readonly offers: Offer[];
  readonly outbox: ReturnType<typeof createOutbox<'logs'>>;
  /** How `next` answers; without it, it accepts. */
  answer: ((batch: Batch<'logs'>, offer: number) => void | Promise<void>) | undefined;
}

function arrange(limits: Partial<OutboxLimits> = {}): Arrangement {
  const world = createWorld();
  const offers: Offer[] = [];
  const next = {
    consume(batch: Batch<'logs'>, context: Context): void | Promise<void> {
      offers.push({ atMs: world.clock.monotonic(), numbers: numbersIn(batch), context });
      // As an edge does: what was handed over is empty afterwards.
      return arrangement.answer?.(batch.transfer(), offers.length - 1);
    },
  };
  const outbox = createOutbox<'logs'>(
    { ...world.settings, config: undefined, next },
    { maxBytes: 1_000_000, ...limits },
  );
  const arrangement: Arrangement = { ...world, offers, outbox, answer: undefined };
  return arrangement;
}

function refuse(): never {
  throw new ConsumeError('refused', 'says the next');
}

const numbersOf = (offers: readonly Offer[]): number[] => offers.flatMap(({ numbers }) => numbers);

describe('an outbox', () => {
  it('passes on at once, and needs no promise for it', () => {
    const { outbox, offers } = arrange();
    expect(outbox.consume(numbered(1, 2), createContext({}))).toBeUndefined();
    expect(numbersOf(offers)).toEqual([1, 2]);
  });

  it('does not pass on the signal of a caller who was told that it is accepted', () => {
    const { outbox, offers } = arrange();
    const client = { address: '10.0.0.1', metadata: new Map() };
    call(outbox, numbered(1), createContext({ client, signal: () => AbortSignal.abort() }));
    expect(offers[0]!.context.signal.aborted).toBe(false);
    expect(offers[0]!.context.client).toBe(client);
  });

  it.each(['refused', 'retryable'] as const)('keeps what is %s and offers it again', async (kind) => {
    const arrangement = arrange();
    const { outbox, offers, clock, heldItems, heldBytes } = arrangement;
    arrangement.answer = (_, offer) => {
      if (offer < 3) throw new ConsumeError(kind, 'says the next');
    };
    expect(call(outbox, numbered(1, 2)).outcome).toBe('accepted');
    expect([heldItems(), heldBytes()]).toEqual([2, numbered(1, 2).byteLength]);
    await clock.advance(10_000);
    expect(offers.map(({ atMs }) => atMs)).toEqual([0, 1_000, 2_500, 4_750]);
    expect([heldItems(), heldBytes(), clock.pending]).toEqual([0, 0, 0]);
  });

  it('obeys a hint that is longer than its pause', async () => {
    const arrangement = arrange();
    arrangement.answer = (_, offer) => {
      if (offer === 0) throw new ConsumeError('refused', 'full', { retryAfterMs: 7_000 });
    };
    call(arrangement.outbox, numbered(1));
    await arrangement.clock.advance(10_000);
    expect(arrangement.offers.map(({ atMs }) => atMs)).toEqual([0, 7_000]);
  });

  it('offers only the part that was not taken', async () => {
    const arrangement = arrange();
    arrangement.answer = (batch, offer) => {
      if (offer > 0) return;
      batch.take(1);
      throw new ConsumeError('retryable', 'not these', { rejected: batch });
    };
    call(arrangement.outbox, numbered(1, 2, 3));
    expect(arrangement.heldItems()).toBe(2);
    await arrangement.clock.advance(1_000);
    expect(arrangement.offers.map(({ numbers }) => numbers)).toEqual([
      [1, 2, 3],
      [2, 3],
    ]);
  });

  it('takes a rejected part that is empty for acceptance', () => {
    const arrangement = arrange();
    arrangement.answer = () => {
      throw new ConsumeError('retryable', 'nothing left', { rejected: numbered() });
    };
    call(arrangement.outbox, numbered(1));
    expect([arrangement.clock.pending, arrangement.heldBytes(), arrangement.dropped.size]).toEqual([0, 0, 0]);
  });

  it('keeps the order: what comes while something waits is offered after it', async () => {
    const arrangement = arrange();
    const { outbox, offers, clock } = arrangement;
    arrangement.answer = refuse;
    call(outbox, numbered(1));
    call(outbox, numbered(2));
    expect(numbersOf(offers)).toEqual([1]);
    arrangement.answer = undefined;
    await clock.advance(1_000);
    expect(numbersOf(offers)).toEqual([1, 1, 2]);
    call(outbox, numbered(3));
    expect(numbersOf(offers)).toEqual([1, 1, 2, 3]);
  });

  it('keeps the order for a next one that sends something to it while it is asked', async () => {
    const arrangement = arrange();
    const { outbox, offers, clock } = arrangement;
    arrangement.answer = refuse;
    for (const number of [1, 2, 3]) call(outbox, numbered(number));
    arrangement.answer = (_, offer) => {
      if (offer === 2) call(outbox, numbered(4));
    };
    await clock.advance(1_000);
    expect(numbersOf(offers)).toEqual([1, 1, 2, 3, 4]);
  });

  it('begins with the first pause again after it was accepted', async () => {
    const arrangement = arrange();
    const { outbox, offers, clock } = arrangement;
    arrangement.answer = (_, offer) => {
      if (offer !== 2) refuse();
    };
    call(outbox, numbered(1));
    await clock.advance(2_500);
    call(outbox, numbered(2));
    await clock.advance(1_000);
    expect(offers.map(({ atMs }) => atMs)).toEqual([0, 1_000, 2_500, 2_500, 3_500]);
  });

  it('never merges', async () => {
    const arrangement = arrange();
    arrangement.answer = refuse;
    for (const number of [1, 2, 3]) call(arrangement.outbox, numbered(number));
    arrangement.answer = undefined;
    await arrangement.clock.advance(1_000);
    expect(arrangement.offers.slice(1).map(({ numbers }) => numbers)).toEqual([[1], [2], [3]]);
  });

  it.each([
    ['a refusal for good', () => new ConsumeError('permanent', 'bad data')],
    ['what is no ConsumeError', () => new TypeError('bad data')],
  ])('drops for %s, and goes on', async (_, error) => {
    const arrangement = arrange();
    const { outbox, offers, dropped, lines, heldItems } = arrangement;
    arrangement.answer = (_batch, offer) => {
      if (offer === 0) throw error();
    };
    expect(call(outbox, numbered(1, 2)).outcome).toBe('accepted');
    call(outbox, numbered(3));
    expect([...dropped]).toEqual([['permanent', 2]]);
    expect(numbersOf(offers)).toEqual([1, 2, 3]);
    expect(heldItems()).toBe(0);
    expect(lines).toEqual([
      {
        level: 'error',
        message: 'The next consumer failed. Dropping data.',
        fields: { dropped_items: 2, reason: 'permanent', error: 'bad data' },
      },
    ]);
  });

  const retry = {
    enabled: true,
    initial_interval: 1_000,
    randomization_factor: 0,
    multiplier: 1,
    max_interval: 1_000,
    max_elapsed_time: 2_500,
  };

  it.each([
    ['is older than max_elapsed_time', retry, 3],
    ['may not be offered again', { ...retry, enabled: false }, 1],
  ])('drops what %s', async (_, given, offers) => {
    const arrangement = arrange({ retry: given });
    arrangement.answer = refuse;
    call(arrangement.outbox, numbered(1));
    await arrangement.clock.advance(60_000);
    expect(arrangement.offers).toHaveLength(offers);
    expect([...arrangement.dropped]).toEqual([['retries_exhausted', 1]]);
  });
});

describe('a next one that answers later', () => {
  it('is asked four times at once; what is being offered is not called held', async () => {
    const arrangement = arrange();
    const { outbox, offers, clock, heldItems } = arrangement;
    arrangement.answer = () => clock.sleep(100);
    for (const number of [1, 2, 3, 4, 5, 6]) expect(call(outbox, numbered(number)).outcome).toBe('accepted');
    expect([numbersOf(offers), heldItems()]).toEqual([[1, 2, 3, 4], 2]);
    await clock.advance(100);
    expect([numbersOf(offers), heldItems()]).toEqual([[1, 2, 3, 4, 5, 6], 0]);
  });

  it('is asked one by one after a refusal, in order, until it accepts', async () => {
    const arrangement = arrange();
    const { outbox, offers, clock } = arrangement;
    let isOpen = false;
    arrangement.answer = async () => {
      await clock.sleep(100);
      if (!isOpen) refuse();
    };
    for (const number of [1, 2, 3, 4, 5, 6]) call(outbox, numbered(number));
    await clock.advance(1_150);
    // One pause for all that were refused together.
    expect(numbersOf(offers)).toEqual([1, 2, 3, 4, 1]);
    isOpen = true;
    await clock.advance(100);
    expect(numbersOf(offers)).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 5]);
  });
});

describe('a next one for which a batch is too large', () => {
  const refuseLarge =
    (maxItems: number, maxBytes?: number) =>
    (batch: Batch<'logs'>): void => {
      if (batch.itemCount > maxItems)
        throw new ConsumeError('permanent', 'large', { tooLarge: { maxBytes } });
    };

  it.each([undefined, numbered(1, 2).byteLength + 2])(
    'gets it in pieces, in order, and what follows too; the limit that it names being %s',
    (maxBytes) => {
      const arrangement = arrange();
      const { outbox, offers, dropped, heldItems } = arrangement;
      arrangement.answer = refuseLarge(2, maxBytes);
      call(outbox, numbered(1, 2, 3, 4));
      const before = offers.length;
      call(outbox, numbered(5, 6, 7, 8));
      const taken = offers.filter(({ numbers }) => numbers.length <= 2);
      expect(numbersOf(taken)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(offers.slice(before).every(({ numbers }) => numbers.length <= 2)).toBe(true);
      expect([dropped.size, heldItems()]).toEqual([0, 0]);
    },
  );

  it('does not get one item that is too large again', () => {
    const arrangement = arrange();
    const { outbox, offers, dropped } = arrangement;
    arrangement.answer = refuseLarge(0);
    call(outbox, numbered(1, 2));
    expect([...dropped]).toEqual([['too_large', 2]]);
    expect(offers.map(({ numbers }) => numbers)).toEqual([[1, 2], [1], [2]]);
  });

  it('gets a piece that it has refused again before those behind it', async () => {
    const arrangement = arrange();
    const { outbox, offers, clock } = arrangement;
    arrangement.answer = (batch, offer) => {
      refuseLarge(2)(batch);
      if (offer === 1) refuse();
    };
    call(outbox, numbered(1, 2, 3, 4));
    await clock.advance(1_000);
    expect(offers.map(({ numbers }) => numbers)).toEqual([
      [1, 2, 3, 4],
      [1, 2],
      [1, 2],
      [3, 4],
    ]);
  });

  it('that answers later gets the pieces that it refuses in their order', async () => {
    const arrangement = arrange();
    const { outbox, clock } = arrangement;
    const taken: number[] = [];
    arrangement.answer = async (batch, offer) => {
      await clock.sleep(10);
      refuseLarge(2)(batch);
      if (offer === 1) refuse();
      taken.push(...numbersIn(batch));
    };
    call(outbox, numbered(1, 2, 3, 4));
    call(outbox, numbered(5));
    await clock.advance(5_000);
    expect(taken).toEqual([1, 2, 3, 4, 5]);
    expect(arrangement.heldItems()).toBe(0);
  });
});

describe('the bound', () => {
  const size = numbered(1).byteLength;

  it('refuses callers, with the time until the next offer as a hint', async () => {
    const arrangement = arrange({ maxBytes: 2 * size });
    const { outbox, clock } = arrangement;
    arrangement.answer = () => {
      throw new ConsumeError('refused', 'full', { retryAfterMs: 7_000 });
    };
    expect(call(outbox, numbered(1)).outcome).toBe('accepted');
    expect(outbox.admit?.(size)).toBeUndefined();
    expect(call(outbox, numbered(2)).outcome).toBe('accepted');
    expect(outbox.admit?.(undefined)).toEqual({ retryAfterMs: 7_000 });
    await clock.advance(2_000);
    expect(call(outbox, numbered(3))).toMatchObject({
      outcome: 'refused',
      error: {
        kind: 'refused',
        message: `full: ${2 * size} of ${2 * size} bytes are held`,
        retryAfterMs: 5_000,
      },
    });
    arrangement.answer = undefined;
    await clock.advance(5_000);
    expect(call(outbox, numbered(3)).outcome).toBe('accepted');
    expect(numbersOf(arrangement.offers)).toEqual([1, 1, 2, 3]);
  });

  it('counts what is being offered', async () => {
    const arrangement = arrange({ maxBytes: size });
    arrangement.answer = () => arrangement.clock.sleep(100);
    call(arrangement.outbox, numbered(1));
    expect(call(arrangement.outbox, numbered(2)).outcome).toBe('refused');
    await arrangement.clock.advance(100);
    expect(call(arrangement.outbox, numbered(2)).outcome).toBe('accepted');
  });

  it('lets one batch in that is larger than all of it, for which there will never be more room', async () => {
    const arrangement = arrange({ maxBytes: 1 });
    arrangement.answer = refuse;
    expect(arrangement.outbox.admit?.(1_000)).toBeUndefined();
    expect(call(arrangement.outbox, numbered(1, 2)).outcome).toBe('accepted');
    expect(call(arrangement.outbox, numbered(3)).outcome).toBe('refused');
  });
});

describe('the shutdown of an outbox', () => {
  it('is safe before the start, and twice, and takes no more', async () => {
    const { outbox, clock } = arrange();
    await Promise.all([outbox.shutdown?.(never), outbox.shutdown?.(never)]);
    expect(call(outbox, numbered(1))).toMatchObject({ error: { kind: 'refused', retryAfterMs: 1_000 } });
    expect(outbox.admit?.(1)).toEqual({ retryAfterMs: 1_000 });
    expect(clock.pending).toBe(0);
  });

  it('ends the pause and offers what waits', async () => {
    const arrangement = arrange();
    arrangement.answer = refuse;
    for (const number of [1, 2, 3]) call(arrangement.outbox, numbered(number));
    arrangement.answer = undefined;
    await arrangement.outbox.shutdown?.(never);
    expect(numbersOf(arrangement.offers)).toEqual([1, 1, 2, 3]);
    expect([arrangement.dropped.size, arrangement.clock.pending]).toEqual([0, 0]);
  });

  it('waits for what is being offered', async () => {
    const arrangement = arrange();
    arrangement.answer = () => arrangement.clock.sleep(100);
    call(arrangement.outbox, numbered(1));
    const noted = shutDown(arrangement.outbox);
    await arrangement.clock.advance(99);
    expect(noted.isDone).toBe(false);
    await arrangement.clock.advance(1);
    expect(noted.isDone).toBe(true);
  });

  it('gives each its turn, after short pauses', async () => {
    const arrangement = arrange();
    const { outbox, clock, offers } = arrangement;
    arrangement.answer = (batch) => {
      if (numbersIn(batch)[0] === 1) refuse();
    };
    call(outbox, numbered(1));
    call(outbox, numbered(2));
    const grace = new AbortController();
    const noted = shutDown(outbox, grace.signal);
    await clock.advance(100);
    expect(offers.map(({ numbers }) => numbers)).toEqual([[1], [1], [2], [1]]);
    grace.abort();
    await clock.advance(0);
    expect(noted.isDone).toBe(true);
  });

  it('drops what is left when grace is over, and says how much', async () => {
    const arrangement = arrange();
    const { outbox, clock, dropped, lines, heldItems } = arrangement;
    arrangement.answer = refuse;
    call(outbox, numbered(1, 2));
    call(outbox, numbered(3));
    const grace = new AbortController();
    const noted = shutDown(outbox, grace.signal);
    await clock.advance(10_000);
    expect([noted.isDone, dropped.size]).toEqual([false, 0]);
    grace.abort();
    await clock.advance(0);
    expect([noted.isDone, heldItems(), clock.pending]).toEqual([true, 0, 0]);
    expect([...dropped]).toEqual([['shutdown', 3]]);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([
      {
        level: 'error',
        message: 'Shut down before everything was passed on. Dropping data.',
        fields: { dropped_items: 3, reason: 'shutdown' },
      },
    ]);
  });

  it('leaves to the next one what it has not answered yet, and drops it if that refuses', async () => {
    const arrangement = arrange();
    const { outbox, clock, dropped } = arrangement;
    arrangement.answer = async (batch) => {
      await clock.sleep(100);
      if (numbersIn(batch)[0] === 1) refuse();
    };
    call(outbox, numbered(1));
    call(outbox, numbered(2));
    await outbox.shutdown?.(AbortSignal.abort());
    expect(dropped.size).toBe(0);
    await clock.advance(100);
    expect([...dropped]).toEqual([['shutdown', 1]]);
  });
});
