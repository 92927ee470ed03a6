import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { DecisionCache } from './decision-cache.js';

/** The ID with that number; many differ in their first bytes alone. */
function wordsOf(number: number): Uint32Array {
  return Uint32Array.of(number, 7, 7, number % 2);
}

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom('keep', 'drop', 'ask'),
    id: fc.nat(20),
  }),
  { maxLength: 100 },
);

it('remembers what a map would that forgets what was used the longest ago', () => {
  assertProperty(
    fc.property(
      steps,
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 8 }),
      (list, kept, others) => {
        const cache = new DecisionCache(kept, others, Math.random);
        const maps = { keep: new Map<number, number>(), drop: new Map<number, number>() };
        const answers: string[] = [];
        const expected: string[] = [];
        for (const [at, { kind, id }] of list.entries()) {
          if (kind === 'ask') {
            const found = cache.find(wordsOf(id), 0);
            answers.push(
              found === undefined ? 'none' : `${found.isKept ? 'keep' : 'drop'} ${found.decidedAtS}`,
            );
            const of = (['keep', 'drop'] as const).find((each) => maps[each].has(id));
            expected.push(of === undefined ? 'none' : `${of} ${maps[of].get(id)}`);
            if (of === undefined) continue;
            const value = maps[of].get(id)!;
            maps[of].delete(id);
            maps[of].set(id, value);
            continue;
          }
          cache.add(wordsOf(id), 0, kind === 'keep', 3, at);
          maps.keep.delete(id);
          maps.drop.delete(id);
          const map = maps[kind];
          if (map.size === (kind === 'keep' ? kept : others)) map.delete(map.keys().next().value!);
          map.set(id, at);
        }
        expect(answers).toEqual(expected);
        for (let id = 0; id <= 20; id++) {
          expect(cache.find(wordsOf(id), 0) !== undefined).toBe(maps.keep.has(id) || maps.drop.has(id));
        }
      },
    ),
  );
});
