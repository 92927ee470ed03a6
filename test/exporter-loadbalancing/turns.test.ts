import { expect, it, onTestFinished } from 'vitest';
import { moodyWorld, spansOf } from './moody-backends.js';

it.each([-1, 0, 1, 20])(
  'agents that learn of a change %i ms from the beginning of a turn take it up at the end of that turn',
  async (ms) => {
    const world = await moodyWorld(3, { ring: 'tributary' });
    const { clock, collector, source, backends } = world;
    onTestFinished(() => collector.shutdown({ graceMs: 0 }));
    world.name(0, 1);
    // The turns of a resolver without an interval are seconds.
    await clock.advance(60_000 + ms);
    world.name(0, 1, 2);
    const turnMs = clock.now() - ms + 1000;
    const traces = Array.from({ length: 100 }, (_, number) => number);
    const joined = async (startMs: number): Promise<number> => {
      const before = backends[2]!.taken.length;
      await source.send(spansOf(traces, 0, startMs));
      traces.forEach((trace, n) => (traces[n] = trace + 100));
      await clock.advance(50);
      return backends[2]!.taken.length - before;
    };
    expect(await joined(turnMs - 1)).toBe(0);
    expect(await joined(turnMs)).toBeGreaterThan(20);
  },
);
