import type { Clock } from '@tributary/component';
import { createComposite, type CompositeTest } from './composite.js';
import type { Policy } from './config.js';
import {
  votes,
  type Decision,
  type Evaluator,
  type PolicyInfo,
  type PolicySet,
  type TraceSize,
  type Verdict,
  type Vote,
} from './evaluator.js';
import { createLeaf, type Surroundings, type Test } from './leaf.js';
import { Scanner } from './scanner.js';

/** How the lists are compiled. */
export interface CompileOptions {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly sampleOnFirstMatch: boolean;
  /** A policy could not vote. */
  readonly onError?: ((policy: PolicyInfo, error: unknown) => void) | undefined;
}

/** Compiles lists of policies into tests that read the bytes of a trace once for all of them. */
export function compilePolicies(lists: readonly (readonly Policy[])[], options: CompileOptions): Evaluator {
  const scanner = new Scanner();
  const surroundings = { scanner, clock: options.clock };
  return {
    sets: lists.map((list) => createSet(list, surroundings, options)),
    begin: () => scanner.begin(),
    addResource: (bytes, start, end) => scanner.addResource(bytes, start, end),
    addSpan: (bytes, start, end) => scanner.addSpan(bytes, start, end),
  };
}

/** A decision that is written anew for each trace. */
interface Written extends Decision {
  verdict: Verdict;
  policy: number;
  subPolicy: number;
}

function createSet(
  list: readonly Policy[],
  surroundings: Surroundings,
  { clock, sampleOnFirstMatch, onError }: CompileOptions,
): PolicySet {
  // What drops is asked first, and else the order is that of the list.
  const ordered = list.toSorted((a, b) => Number(b.type === 'drop') - Number(a.type === 'drop'));
  const tests = ordered.map((policy) => createTest(policy, surroundings));
  const policies = ordered.map(({ name, type }, i) => ({
    name,
    type,
    subPolicies: compositeOf(tests[i]!)?.names ?? [],
  }));
  const decision: Written = {
    verdict: 'not_sampled',
    policy: -1,
    subPolicy: -1,
    votes: new Uint8Array(tests.length),
    values: new Float64Array(tests.length),
  };

  function ask(i: number, trace: TraceSize): Vote {
    try {
      return tests[i]!.vote(trace);
    } catch (error) {
      onError?.(policies[i]!, error);
      return votes.error;
    }
  }

  return {
    policies,
    decide(trace, micros) {
      decision.votes.fill(votes.none);
      decision.values.fill(NaN);
      let winner: Vote = votes.none;
      decision.policy = -1;
      for (let i = 0; i < tests.length; i++) {
        const startMs = micros === undefined ? 0 : clock.monotonic();
        const vote = ask(i, trace);
        if (micros !== undefined) micros[i] = (clock.monotonic() - startMs) * 1000;
        decision.votes[i] = vote;
        decision.values[i] = tests[i]!.value;
        if (vote === votes.error || rank(vote) <= rank(winner)) continue;
        winner = vote;
        decision.policy = i;
        if (vote === votes.dropped || (sampleOnFirstMatch && vote === votes.sampled)) break;
      }
      decision.verdict =
        winner === votes.dropped ? 'dropped' : winner === votes.sampled ? 'sampled' : 'not_sampled';
      decision.subPolicy = decision.policy < 0 ? -1 : (compositeOf(tests[decision.policy]!)?.credited ?? -1);
      return decision;
    },
    explain: (policy, vote, value) => {
      if (vote === votes.none) return 'was not asked';
      if (vote === votes.error) return 'could not tell';
      return tests[policy]!.explain(vote, value);
    },
  };
}

/** Dropped over sampled over not sampled. */
function rank(vote: Vote): number {
  return vote === votes.error ? votes.none : vote;
}

function compositeOf(test: Test): CompositeTest | undefined {
  return 'credited' in test ? (test as CompositeTest) : undefined;
}

function createTest(policy: Policy, surroundings: Surroundings): Test {
  switch (policy.type) {
    case 'and':
      return all(policy.and.and_sub_policy, surroundings, votes.sampled);
    case 'drop':
      return all(policy.drop.drop_sub_policy, surroundings, votes.dropped);
    case 'not': {
      const inner = createTest(policy.not.not_sub_policy, surroundings);
      const self: Test = {
        value: NaN,
        vote(trace) {
          const vote = inner.vote(trace);
          self.value = inner.value;
          if (vote === votes.sampled) return votes.notSampled;
          return vote === votes.notSampled ? votes.sampled : vote;
        },
        explain: (vote, value) =>
          `not: ${inner.explain(vote === votes.sampled ? votes.notSampled : votes.sampled, value)}`,
      };
      return self;
    }
    case 'composite':
      return createComposite(policy, (part) => createTest(part, surroundings), surroundings);
    default:
      return createLeaf(policy, surroundings);
  }
}

/**
 * Asks policies until one does not keep the trace. Its value is the place of that one; of a policy alone it is the
 * value of that.
 */
function all(policies: readonly Policy[], surroundings: Surroundings, whenAll: Vote): Test {
  const tests = policies.map((policy) => createTest(policy, surroundings));
  const nameOf = (i: number): string => policies[i]!.name || policies[i]!.type;
  const single = tests.length === 1 ? tests[0] : undefined;
  const self: Test = {
    value: NaN,
    vote(trace) {
      self.value = NaN;
      for (let i = 0; i < tests.length; i++) {
        const vote = tests[i]!.vote(trace);
        self.value = single?.value ?? i;
        if (vote !== votes.sampled) return vote;
      }
      return whenAll;
    },
    explain(vote, value) {
      if (single !== undefined)
        return single.explain(vote === whenAll ? votes.sampled : votes.notSampled, value);
      return vote === whenAll
        ? 'all of its policies keep it'
        : `its policy ${nameOf(value)} does not keep it`;
    },
  };
  return self;
}
