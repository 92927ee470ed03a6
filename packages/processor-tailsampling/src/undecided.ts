import type { Decision, PolicySet } from './policies/evaluator.js';

const none = -1;
const undecidedBySet = new WeakMap<PolicySet, Decision>();

/** What is said of a trace that no policy of the set was asked about. */
export function undecided(set: PolicySet): Decision {
  let decision = undecidedBySet.get(set);
  if (decision === undefined) {
    const { length } = set.policies;
    const values = new Float64Array(length).fill(NaN);
    decision = {
      verdict: 'not_sampled',
      policy: none,
      subPolicy: none,
      votes: new Uint8Array(length),
      values,
    };
    undecidedBySet.set(set, decision);
  }
  return decision;
}
