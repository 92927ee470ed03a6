import { virtualClock } from '@tributary/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../../../../test/support/property.js';
import { compilePolicies } from '../policies/compile.js';
import { policiesSchema } from '../policies/config.js';
import type { Decision, PolicySet } from '../policies/evaluator.js';
import { WhyRecords } from './records.js';

/** Sets of one, two and three policies. */
const sets = [1, 2, 3].map((count): PolicySet => {
  const list = Array.from({ length: count }, (_, i) => ({ name: `p${i}`, type: 'always_sample' as const }));
  const policies = policiesSchema.parse(list);
  return compilePolicies([policies], { clock: virtualClock(), sampleOnFirstMatch: false }).sets[0]!;
});

const idOf = (number: number): Uint8Array => Uint8Array.of(...Array.from({ length: 15 }, () => 9), number);

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        id: fc.nat(30),
        set: fc.nat(2),
        value: fc.nat(1000),
        /** The set of the shadow policies, and who of them is credited; -1: they were not asked. */
        shadow: fc.option(fc.record({ set: fc.nat(2), policy: fc.integer({ min: -1, max: 0 }) })),
      }),
    },
    { weight: 1, arbitrary: fc.record({ id: fc.nat(30), late: fc.integer({ min: 1, max: 9 }) }) },
  ),
  { maxLength: 60 },
);

interface Remembered {
  readonly id: number;
  readonly set: number;
  readonly value: number;
  readonly shadow: { readonly set: number; readonly policy: number } | null;
  late: number;
}

it('have the last decisions, each with its votes, and no others', () => {
  assertProperty(
    fc.property(steps, fc.integer({ min: 1, max: 40 }), (list, max) => {
      const records = new WhyRecords(max, Math.random);
      const all: Remembered[] = [];
      for (const step of list) {
        if ('late' in step) {
          records.late(idOf(step.id), step.late);
          const last = all.findLast(({ id }) => id === step.id);
          if (last !== undefined) last.late += step.late;
          continue;
        }
        const { id, set, value, shadow } = step;
        const policies = sets[set]!;
        const { length } = policies.policies;
        const decision: Decision = {
          verdict: 'sampled',
          policy: length - 1,
          subPolicy: -1,
          votes: new Uint8Array(length).fill(2),
          values: new Float64Array(length).fill(value),
        };
        const verdict = shadow?.policy === 0 ? 'sampled' : 'not_sampled';
        records.add({
          id: idOf(id),
          timeMs: all.length,
          trigger: 'timer',
          spanCount: value,
          byteLength: value * 2,
          policies,
          decision,
          shadow: shadow === null ? undefined : { ...decision, verdict, policy: shadow.policy },
          shadowPolicies: shadow === null ? undefined : sets[shadow.set],
        });
        all.push({ id, set, value, shadow, late: 0 });
      }
      const last = all.slice(-max);
      expect(records.size).toBe(last.length);
      expect(records.hasForgotten).toBe(all.length > max);
      const listed = [...records.between(all.length - last.length, all.length)];
      expect(listed.map(({ id, timeMs }) => [id[15], timeMs])).toEqual(
        last.map((each) => [each.id, all.indexOf(each)]),
      );
      for (let id = 0; id <= 30; id++) {
        const expected = last.filter((each) => each.id === id).toReversed();
        expect(
          records
            .find(idOf(id))
            .map(({ policies, votes, spanCount, lateSpans, shadow }) => [
              sets.indexOf(policies),
              votes.map(({ value }) => value),
              spanCount,
              lateSpans,
              shadow && [sets.indexOf(shadow.policies), shadow.policy, shadow.verdict],
            ]),
        ).toEqual(
          expected.map(({ set, value, shadow, late }) => [
            set,
            Array.from({ length: set + 1 }, () => value),
            value,
            late,
            shadow === null
              ? undefined
              : [shadow.set, shadow.policy, shadow.policy === 0 ? 'sampled' : 'not_sampled'],
          ]),
        );
      }
    }),
  );
});
