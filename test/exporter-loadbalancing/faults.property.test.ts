import { imbalances } from '@tributary/collector';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProperty } from '../support/property.js';
import { moods, moodyWorld, spansOf, type MoodyConfig, type MoodyWorld } from './moody-backends.js';

const count = 3;

const step = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), traces: fc.integer({ min: 1, max: 20 }) }),
  fc.record({
    kind: fc.constant('mood' as const),
    backend: fc.nat(count - 1),
    mood: fc.constantFrom(...moods),
  }),
  fc.record({ kind: fc.constant('name' as const), backends: fc.subarray([0, 1, 2]) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 50, 400, 1500, 8000, 40_000) }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const forEver = { initial_interval: '200ms', max_interval: '2s', max_elapsed_time: '0s' } as const;
const off = { enabled: false } as const;
const configs: Readonly<Record<string, MoodyConfig>> = {
  'a queue for each backend': { otlp: { retry_on_failure: forEver } },
  'a short queue for each backend': {
    ring: 'tributary',
    otlp: { retry_on_failure: forEver, sending_queue: { queue_size: 2, num_consumers: 1 } },
  },
  'our own ring': { ring: 'tributary', otlp: { retry_on_failure: forEver } },
  'a queue in front alone': {
    ring: 'tributary',
    otlp: { retry_on_failure: off, sending_queue: off },
    retry_on_failure: forEver,
    sending_queue: {},
  },
};

interface Played {
  readonly world: MoodyWorld;
  readonly accepted: readonly string[];
  readonly sending: readonly Promise<void>[];
}

async function play(steps: readonly Step[], config: MoodyConfig): Promise<Played> {
  const world = await moodyWorld(count, config);
  const { backends, clock, source } = world;
  const accepted: string[] = [];
  const sending: Promise<void>[] = [];
  let piece = 0;
  const send = (traces: number): void => {
    const batch = spansOf(
      Array.from({ length: traces }, (_, trace) => trace),
      piece++,
      clock.now(),
    );
    const names = Array.from(batch.spans(), ({ name }) => name);
    const sent = source.send(batch).then(
      () => void accepted.push(...names),
      () => {},
    );
    sending.push(sent);
  };
  for (const each of steps) {
    if (each.kind === 'send') send(each.traces);
    else if (each.kind === 'mood') backends[each.backend]!.mood = each.mood;
    else if (each.kind === 'name') world.name(...each.backends);
    else await clock.advance(each.ms);
  }
  return { world, accepted, sending };
}

const droppedIn = ({ collector }: MoodyWorld): number =>
  collector
    .balance()
    .components.flatMap(({ dropped }) => [...dropped.values()])
    .reduce((sum, items) => sum + items, 0);

const steps = fc.array(step, { minLength: 1, maxLength: 20 });

describe.each(Object.entries(configs))('load balancing with %s', (_, config) => {
  // Backends die, hang, refuse, answer late or not so that it is heard, join and leave in any order.
  it('loses nothing, and sends twice only what came without an answer, when all are well again', async () => {
    await assertProperty(
      fc.asyncProperty(steps, async (given) => {
        const { world, accepted, sending } = await play(given, config);
        const { backends, clock, collector } = world;
        for (const backend of backends) backend.mood = 'well';
        world.name(0, 1, 2);
        await clock.advance(120_000);
        await Promise.all(sending);
        const taken = world.taken();
        expect(accepted.filter((name) => !taken.includes(name))).toEqual([]);
        const unsaid = new Set(backends.flatMap((backend) => [...backend.unsaid]));
        const twice = taken.filter((name, at) => taken.indexOf(name) !== at && !unsaid.has(name));
        expect(twice).toEqual([]);
        await collector.shutdown();
        expect(imbalances(collector.balance())).toEqual([]);
        expect(droppedIn(world)).toBe(0);
        expect(clock.pending).toBe(0);
      }),
      0.05,
    );
  });

  it('accounts for all when it ends amidst of it', async () => {
    await assertProperty(
      fc.asyncProperty(steps, fc.constantFrom(0, 500, 10_000), async (given, graceMs) => {
        const { world, accepted, sending } = await play(given, config);
        const { clock, collector } = world;
        const ended = collector.shutdown({ graceMs });
        await clock.advance(60_000);
        await ended;
        await Promise.all(sending);
        const taken = new Set(world.taken());
        const missing = accepted.filter((name) => !taken.has(name));
        expect(missing.length).toBeLessThanOrEqual(droppedIn(world));
        expect(imbalances(collector.balance())).toEqual([]);
        expect(clock.pending).toBe(0);
      }),
      0.05,
    );
  });
});
