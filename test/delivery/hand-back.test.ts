import { ConsumeError, createContext, type Batch } from '@tributary/component';
import { deliver, type DeliveryConfig } from '@tributary/delivery';
import { describe, expect, it } from 'vitest';
import { call, complete, createBackend, createWorld, numbered, numbersIn, type World } from './support.js';

interface Arrangement extends World {
  readonly backend: ReturnType<typeof createBackend>;
  readonly exporter: ReturnType<typeof deliver<'logs'>>;
  /** Numbers of each batch that was given back, and whose it was. */
  readonly back: [numbers: number[], tenant: string | undefined][];
  /** Begins to hand back, and tells whether it has ended. */
  readonly handBack: () => { isDone: boolean };
}

function arrange(config: DeliveryConfig = {}): Arrangement {
  const world = createWorld();
  const backend = createBackend(world.clock);
  const exporter = deliver<'logs'>({ ...world.settings, config: complete(config) }, backend.send);
  const back: Arrangement['back'] = [];
  function handBack(): { isDone: boolean } {
    const noted = { isDone: false };
    const ending = exporter.handBack((batch, { client }) => {
      back.push([numbersIn(batch), client.metadata.get('tenant')?.[0]]);
    });
    void ending.then(() => (noted.isDone = true));
    return noted;
  }
  return { ...world, backend, exporter, back, handBack };
}

const of = (tenant: string): ReturnType<typeof createContext> =>
  createContext({ client: { metadata: new Map([['tenant', [tenant]]]) } });

describe('handBack', () => {
  it('gives back what waits at once, and what is under way if it fails', async () => {
    const { exporter, backend, clock, back, handBack, heldItems, heldBytes, dropped } = arrange({
      sending_queue: { num_consumers: 2 },
    });
    call(exporter, numbered(1), of('a'));
    call(exporter, numbered(2), of('b'));
    call(exporter, numbered(3, 4), of('c'));
    await clock.advance(0);
    const noted = handBack();
    await clock.advance(0);
    expect([back, noted.isDone, heldItems()]).toEqual([[[[3, 4], 'c']], false, 2]);
    expect(backend.attempts.map(({ signal }) => signal.aborted)).toEqual([false, false]);
    backend.attempts[0]!.succeed();
    backend.attempts[1]!.fail(new ConsumeError('retryable', 'gone'));
    await clock.advance(0);
    expect(back.slice(1)).toEqual([[[2], 'b']]);
    expect([noted.isDone, heldItems(), heldBytes(), dropped.size, clock.pending]).toEqual([true, 0, 0, 0, 0]);
    expect(backend.attempts).toHaveLength(2);
  });

  it('ends a pause', async () => {
    const { exporter, backend, clock, back, handBack } = arrange();
    backend.answer = () => {
      throw new ConsumeError('retryable', 'gone');
    };
    call(exporter, numbered(1), of('a'));
    await clock.advance(1_000);
    const noted = handBack();
    await clock.advance(0);
    expect([back, noted.isDone, clock.pending]).toEqual([[[[1], 'a']], true, 0]);
  });

  it('drops what has failed for good, as ever', async () => {
    const { exporter, backend, clock, back, handBack, dropped } = arrange();
    call(exporter, numbered(1));
    await clock.advance(0);
    handBack();
    backend.attempts[0]!.fail(new ConsumeError('permanent', 'bad'));
    await clock.advance(0);
    expect([back, [...dropped]]).toEqual([[], [['permanent', 1]]]);
  });

  it('waits no longer than an attempt may take, or a shutdown lets it', async () => {
    const { exporter, clock, back, handBack, dropped } = arrange({ timeout: '0s' });
    call(exporter, numbered(1), of('a'));
    await clock.advance(0);
    const noted = handBack();
    await clock.advance(60_000);
    expect(noted.isDone).toBe(false);
    await exporter.shutdown?.(AbortSignal.abort());
    await clock.advance(0);
    expect([back, noted.isDone, dropped.size]).toEqual([[[[1], 'a']], true, 0]);
  });

  it('drops what nobody takes back, and counts it with the shutdown', async () => {
    const { exporter, clock, dropped, heldItems } = arrange({ sending_queue: { num_consumers: 1 } });
    for (const number of [1, 2, 3]) call(exporter, numbered(number));
    await clock.advance(0);
    const noted = { isDone: false };
    const full = new ConsumeError('refused', 'full');
    const handing = exporter.handBack((batch) => {
      if (numbersIn(batch)[0] === 2) throw full;
      return clock.sleep(100).then(() => {
        throw full;
      });
    });
    void handing.then(() => (noted.isDone = true));
    await clock.advance(0);
    expect([noted.isDone, heldItems()]).toEqual([false, 3]);
    await clock.advance(100);
    const ending = exporter.shutdown?.(AbortSignal.abort());
    await clock.advance(100);
    await ending;
    expect([noted.isDone, heldItems(), [...dropped]]).toEqual([true, 0, [['shutdown', 3]]]);
  });

  it('takes nothing more, and refuses those who wait for room', async () => {
    const { exporter, clock, handBack } = arrange({
      sending_queue: { queue_size: 1, block_on_overflow: true },
    });
    call(exporter, numbered(1));
    const waiting = call(exporter, numbered(2));
    await clock.advance(0);
    handBack();
    await clock.advance(0);
    expect(waiting).toMatchObject({ outcome: 'refused', error: { kind: 'refused' } });
    expect(call(exporter, numbered(3))).toMatchObject({ outcome: 'refused', error: { kind: 'refused' } });
  });

  it('gives back what is being put together, with what its requests have in common', async () => {
    const { exporter, clock, back, handBack, heldItems } = arrange({
      sending_queue: { batch: { partition: { metadata_keys: ['tenant'] } } },
    });
    call(exporter, numbered(1), of('a'));
    call(exporter, numbered(2), of('b'));
    call(exporter, numbered(3), of('a'));
    await clock.advance(0);
    const noted = handBack();
    await clock.advance(0);
    expect(back).toEqual([
      [[2], 'b'],
      [[1, 3], 'a'],
    ]);
    expect([noted.isDone, heldItems(), clock.pending]).toEqual([true, 0, 0]);
  });

  it.each([{ sending_queue: { enabled: false } }, { sending_queue: { wait_for_result: true } }])(
    'refuses those who wait for the result, with what is theirs: %j',
    async (config) => {
      const { exporter, backend, clock, back, handBack } = arrange(config);
      const noted = call(exporter, numbered(1, 2));
      await clock.advance(0);
      const ending = handBack();
      const [attempt] = backend.attempts;
      const rest = numbered(2) as Batch<'logs'>;
      attempt!.fail(new ConsumeError('retryable', 'gone', { rejected: rest }));
      await clock.advance(0);
      expect(noted).toMatchObject({ outcome: 'refused', error: { kind: 'retryable', rejected: rest } });
      expect([back, ending.isDone]).toEqual([[], true]);
    },
  );
});
