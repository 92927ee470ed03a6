import type { Decision, Difference } from './reasons.js';
import type { Replayed } from './replay.js';
import type { Summary } from './summary.js';

/** All that is told of a replay. */
export interface Result {
  readonly replayed: Replayed;
  readonly summary: Summary;
  /** Spans that came after the decision about their trace; undefined where not all decisions are known. */
  readonly late: { readonly spans: number; readonly kept: number } | undefined;
  /** Requests that are not of traces, by signal. */
  readonly leftOut: Readonly<Record<string, number>>;
  readonly difference: Difference | undefined;
}

/** What came late is what was read and is in no decision. */
export function lateOf(
  { spans, refusedSpans, passedSpans, forgotten }: Replayed,
  { all, byVerdict }: Summary,
): Result['late'] {
  if (forgotten > 0) return undefined;
  return {
    spans: spans - refusedSpans - all.spans,
    kept: passedSpans - byVerdict['sampled']!.spans,
  };
}

/** The same for programs. */
export function resultAsJson({ replayed, summary, late, leftOut, difference }: Result): object {
  const { firstMs, lastMs, forgotten, passedSpans: _, ...counts } = replayed;
  const { all, byVerdict, byPolicy, byTrigger, errors } = summary;
  const timeOf = (ms: number | undefined): string | null =>
    ms === undefined ? null : new Date(ms).toISOString();
  return {
    ...counts,
    traces: all.traces,
    from: timeOf(firstMs ?? lastMs),
    to: timeOf(lastMs),
    kept: byVerdict['sampled'],
    notKept: byVerdict['not_sampled'],
    dropped: byVerdict['dropped'],
    late: late ?? null,
    policies: Array.from(byPolicy, ([policy, amounts]) => ({ policy, ...amounts })),
    triggers: Object.fromEntries(byTrigger),
    policyErrors: errors,
    forgottenDecisions: forgotten,
    leftOut,
    shadow: difference ?? null,
  };
}

export function decisionAsJson(decision: Decision, root: string | undefined): object {
  return { ...decision, root: root ?? null };
}
