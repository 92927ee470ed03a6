import type { Mark } from './mark.js';
import type { Decision, PolicySet } from './policies/evaluator.js';

/** Policies that are remembered by name, over all sets that there were. Those beyond it go unnamed. */
const maxPolicies = 32_000;

/** Who has decided, in a number that outlives a set of policies, and what scopes are marked with for it. */
export class Marks {
  /** Name of the policy, and of the sub-policy of a `composite`. The first is nobody. */
  readonly #names: (readonly [policy?: string, subPolicy?: string])[] = [[]];
  readonly #numbers = new Map<string, number>();
  #set: PolicySet | undefined;
  /** Of the set, by policy and sub-policy, each one more than they are. */
  #ofSet: (number | undefined)[][] = [];

  /** The number of who is credited with a decision. */
  policy(set: PolicySet, { policy, subPolicy }: Decision): number {
    if (policy < 0) return 0;
    if (set !== this.#set) {
      this.#set = set;
      this.#ofSet = set.policies.map(() => []);
    }
    return (this.#ofSet[policy]![subPolicy + 1] ??= this.#numberOf(set, policy, subPolicy));
  }

  /** The number of the mark of spans that it has kept. */
  kept(policy: number): number {
    return policy * 2;
  }

  /** The number of the mark of spans that came after that. */
  late(policy: number): number {
    return policy * 2 + 1;
  }

  /** By its number. Names of attributes are the Collector's. */
  get(mark: number): Mark {
    const [policy, subPolicy] = this.#names[mark >> 1]!;
    return {
      ...(policy !== undefined && { 'tailsampling.policy': policy }),
      ...(subPolicy !== undefined && { 'tailsampling.composite_policy': subPolicy }),
      ...((mark & 1) === 1 && { 'tailsampling.cached_decision': true }),
    };
  }

  #numberOf(set: PolicySet, policy: number, subPolicy: number): number {
    const { name, subPolicies } = set.policies[policy]!;
    const subName = subPolicies[subPolicy];
    const key = JSON.stringify([name, subName]);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#names.length >= maxPolicies) return 0;
    this.#numbers.set(key, this.#names.length);
    return this.#names.push(subName === undefined ? [name] : [name, subName]) - 1;
  }
}
