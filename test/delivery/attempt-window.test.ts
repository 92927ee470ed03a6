import { deliver } from '@tributary/delivery';
import { describe, expect, it } from 'vitest';
import { call, complete, createBackend, createWorld, numbered, numbersIn } from './support.js';

describe('a backend that answers too late', () => {
  const settings = {
    timeout: '5s',
    sending_queue: { num_consumers: 4 },
    retry_on_failure: { initial_interval: '1s', randomization_factor: 0, multiplier: 1, max_interval: '1s' },
  } as const;

  it('has half as many attempts under way, and one more again as it answers in time', async () => {
    const world = createWorld();
    const { clock } = world;
    const backend = createBackend(clock);
    const exporter = deliver<'logs'>({ ...world.settings, config: complete(settings) }, backend.send);
    for (let number = 0; number < 20; number++) call(exporter, numbered(number));
    await clock.advance('4s');
    expect(backend.attempts).toHaveLength(4);
    // All four run out of time at once: that is one reason to halve, not four.
    await clock.advance('3s');
    expect(backend.attempts).toHaveLength(6);

    backend.attempts[4]!.succeed();
    await clock.advance(0);
    expect(backend.attempts).toHaveLength(7);
    backend.attempts[5]!.succeed();
    await clock.advance(0);
    expect(backend.attempts, 'two were answered by two').toHaveLength(9);
    for (const attempt of backend.attempts.slice(6)) attempt.succeed();
    await clock.advance(0);
    expect(backend.attempts, 'no more than num_consumers').toHaveLength(13);
  });

  it('has what waits for its turn handed back at once', async () => {
    const world = createWorld();
    const { clock } = world;
    const backend = createBackend(clock);
    const exporter = deliver<'logs'>({ ...world.settings, config: complete(settings) }, backend.send);
    for (let number = 0; number < 4; number++) call(exporter, numbered(number));
    await clock.advance('7s');
    expect(backend.attempts, 'two of four are made again').toHaveLength(6);
    const back: number[] = [];
    const handedBack = exporter.handBack((batch) => void back.push(...numbersIn(batch)));
    await clock.advance(0);
    expect(back).toHaveLength(2);
    expect(backend.attempts).toHaveLength(6);
    for (const attempt of backend.attempts.slice(4)) attempt.succeed();
    await clock.advance(0);
    await handedBack;
    expect(back).toHaveLength(2);
  });

  it('keeps doing what is of use, although it is too slow for num_consumers', async () => {
    const world = createWorld();
    const { clock } = world;
    // One request after the other, a second for each, whether anybody still waits or not.
    let freeAtMs = 0;
    let useful = 0;
    const exporter = deliver<'logs'>(
      { ...world.settings, config: complete({ ...settings, sending_queue: { num_consumers: 10 } }) },
      async (_, { signal }) => {
        freeAtMs = Math.max(freeAtMs, clock.monotonic()) + 1000;
        await clock.sleep(freeAtMs - clock.monotonic());
        if (!signal.aborted) useful++;
      },
    );
    for (let number = 0; number < 500; number++) call(exporter, numbered(number));
    await clock.advance('300s');
    expect(useful).toBeGreaterThan(240);
  });
});
