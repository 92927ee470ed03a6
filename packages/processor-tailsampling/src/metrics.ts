import type { Settings } from '@tributary/component';
import { votes, type PolicySet } from './policies/evaluator.js';
import { timedOneIn } from './sampler.js';
import type { Decided } from './why/decided.js';

const prefix = 'otelcol_processor_tail_sampling_';
const latencyBounds = [
  1, 2, 5, 10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 2_000, 3_000, 4_000, 5_000, 10_000,
  20_000, 30_000, 50_000,
];

const decisions = {
  sampled: { sampled: 'true', decision: 'sampled' },
  not_sampled: { sampled: 'false', decision: 'not_sampled' },
  dropped: { sampled: 'false', decision: 'dropped' },
} as const;
const verdictOf = {
  [votes.sampled]: 'sampled',
  [votes.notSampled]: 'not_sampled',
  [votes.dropped]: 'dropped',
} as const;

/** Votes of a set of policies that were not told yet, in fours by policy. */
interface Tally {
  readonly votes: Float64Array;
  readonly attributes: readonly { readonly policy: string }[];
}
const kinds = 4;

/** The Collector's own metrics of this processor. What is counted per trace is told by `tell`. */
export class SamplingMetrics {
  readonly #tracesSampled;
  readonly #allTraces;
  readonly #earlyReleases;
  readonly #newTraces;
  readonly #tickLatency;
  readonly #lateAge;
  readonly #removalAge;
  readonly #errors;
  readonly #executionTime;
  readonly #executions;
  readonly #tooEarly;
  readonly #tooLarge;
  readonly #onMemory;
  readonly #policyPrefix: string;
  readonly #tallies = new Map<PolicySet, Tally>();
  readonly #verdicts = { sampled: 0, not_sampled: 0, dropped: 0 };
  #created = 0;
  #evicted = 0;
  #tooLargeTraces = 0;

  constructor({ meter, id }: Pick<Settings<unknown>, 'meter' | 'id'>) {
    const counter = (
      name: string,
      unit: string,
      description: string,
    ): ReturnType<typeof meter.createCounter> => meter.createCounter(prefix + name, { unit, description });
    // The policies of `tail_sampling/gateway` are called `gateway.name`.
    const slash = id.indexOf('/');
    this.#policyPrefix = slash < 0 ? '' : `${id.slice(slash + 1)}.`;
    this.#tracesSampled = counter(
      'count_traces_sampled',
      '{traces}',
      'Count of traces that were sampled or not per sampling policy',
    );
    this.#allTraces = counter(
      'global_count_traces_sampled',
      '{traces}',
      'Global count of traces that were sampled or not by at least one policy',
    );
    this.#earlyReleases = counter(
      'early_releases_from_cache_decision',
      '{spans}',
      'Number of spans that were able to be immediately released due to a decision cache hit.',
    );
    this.#newTraces = counter('new_trace_id_received', '{traces}', 'Counts the arrival of new traces');
    this.#tickLatency = meter.createHistogram(`${prefix}sampling_decision_timer_latency`, {
      unit: 'ms',
      description: 'Latency (in milliseconds) of each run of the sampling decision timer',
      advice: { explicitBucketBoundaries: latencyBounds },
    });
    this.#lateAge = meter.createHistogram(`${prefix}sampling_late_span_age`, {
      unit: 's',
      description: 'Time (in seconds) from the sampling decision was taken and the arrival of a late span',
    });
    this.#removalAge = meter.createHistogram(`${prefix}sampling_trace_removal_age`, {
      unit: 's',
      description: 'Time (in seconds) from arrival of a new trace until its removal from memory',
    });
    this.#errors = counter(
      'sampling_policy_evaluation_error',
      '{errors}',
      'Count of sampling policy evaluation errors',
    );
    this.#executionTime = counter(
      'sampling_policy_execution_time_sum',
      'us',
      'Total time spent (in microseconds) executing a specific sampling policy',
    );
    this.#executions = counter(
      'sampling_policy_execution_count',
      '{executions}',
      'Total number of executions of a specific sampling policy',
    );
    this.#tooEarly = counter(
      'sampling_trace_dropped_too_early',
      '{traces}',
      'Count of traces that needed to be decided before the configured wait time',
    );
    this.#tooLarge = counter(
      'traces_dropped_too_large',
      '{traces}',
      'Count of traces that were dropped because they were too large',
    );
    this.#onMemory = meter.createGauge(`${prefix}sampling_traces_on_memory`, {
      unit: '{traces}',
      description: 'Tracks the number of traces current on memory',
    });
  }

  newTrace(): void {
    this.#created++;
  }

  decided({ policies, decision, trigger }: Decided, waitedMs: number): void {
    this.#verdicts[decision.verdict]++;
    if (trigger === 'eviction') this.#evicted++;
    else if (trigger === 'size') this.#tooLargeTraces++;
    const tally = this.#tallies.get(policies) ?? this.#open(policies);
    for (let i = 0; i < decision.votes.length; i++) {
      const vote = decision.votes[i]!;
      if (vote !== votes.none && vote !== votes.error) tally.votes[i * kinds + vote]!++;
    }
    this.#removalAge.record(waitedMs / 1000);
  }

  late(isKept: boolean, spanCount: number, sinceDecisionS: number): void {
    this.#earlyReleases.add(spanCount, { sampled: String(isKept) });
    this.#lateAge.record(sinceDecisionS);
  }

  failed(): void {
    this.#errors.add(1);
  }

  /** How long the policies of a set took for one trace, in microseconds by policy. */
  timed(set: PolicySet, micros: Float64Array): void {
    const { attributes } = this.#tallies.get(set) ?? this.#open(set);
    for (let i = 0; i < attributes.length; i++) {
      if (micros[i]! > 0) this.#executionTime.add(Math.round(micros[i]! * timedOneIn), attributes[i]);
    }
  }

  /** A tick has ended, of which so many milliseconds were spent on decisions. */
  ticked(tookMs: number, tracesOnMemory: number): void {
    this.#tickLatency.record(tookMs);
    this.#onMemory.record(tracesOnMemory);
    this.tell();
  }

  /** Tells what was counted. */
  tell(): void {
    for (const [set, tally] of this.#tallies) this.#tellVotes(set, tally);
    for (const verdict of ['sampled', 'not_sampled', 'dropped'] as const) {
      if (this.#verdicts[verdict] > 0) this.#allTraces.add(this.#verdicts[verdict], decisions[verdict]);
      this.#verdicts[verdict] = 0;
    }
    if (this.#created > 0) this.#newTraces.add(this.#created);
    if (this.#evicted > 0) this.#tooEarly.add(this.#evicted);
    if (this.#tooLargeTraces > 0) this.#tooLarge.add(this.#tooLargeTraces);
    this.#created = this.#evicted = this.#tooLargeTraces = 0;
  }

  #tellVotes(set: PolicySet, { votes: counts, attributes }: Tally): void {
    for (let i = 0; i < attributes.length; i++) {
      let executions = 0;
      for (const vote of [votes.sampled, votes.notSampled, votes.dropped] as const) {
        const count = counts[i * kinds + vote]!;
        if (count === 0) continue;
        executions += count;
        this.#tracesSampled.add(count, { ...attributes[i], ...decisions[verdictOf[vote]] });
      }
      if (executions > 0) this.#executions.add(executions, attributes[i]);
    }
    // Of a set that was replaced nothing comes any more.
    this.#tallies.delete(set);
  }

  #open(set: PolicySet): Tally {
    const attributes = set.policies.map(({ name }) => Object.freeze({ policy: this.#policyPrefix + name }));
    const tally = { votes: new Float64Array(set.policies.length * kinds), attributes };
    this.#tallies.set(set, tally);
    return tally;
  }
}
