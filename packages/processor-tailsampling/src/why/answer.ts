import { votes as voteNumbers, type Verdict } from '../policies/evaluator.js';
import type { Trigger } from './decided.js';
import { voteNames, type WhyRecord, type WhyRecords } from './records.js';

/** What is known of why a trace was kept or not. */
export interface WhyAnswer {
  /** 32 hexadecimal digits. */
  readonly trace: string;
  /**
   * `decided` has at least one decision. `waiting` has none yet. `forgotten`: if there was one, it is older than the
   * record. `unknown`: there was none since the start.
   */
  readonly state: 'decided' | 'waiting' | 'forgotten' | 'unknown';
  /** The last first. */
  readonly decisions: readonly WhyDecision[];
  /** Seconds, where it waits: it is decided at the second after, at the latest. */
  readonly dueInS?: number;
  /** All of it in words. */
  readonly text: readonly string[];
}

export interface WhyDecision {
  /** RFC 3339. */
  readonly time: string;
  readonly trigger: Trigger;
  readonly verdict: Verdict;
  /** Who is credited. */
  readonly policy?: string;
  readonly subPolicy?: string;
  readonly spans: number;
  readonly bytes: number;
  /** Spans that came later, and went the same way. */
  readonly lateSpans: number;
  readonly votes: readonly {
    readonly policy: string;
    readonly type: string;
    readonly vote: string;
    readonly why: string;
  }[];
  /** What the shadow policies would have done. */
  readonly shadow?: Verdict;
  /** Who of them is credited. */
  readonly shadowPolicy?: string;
  readonly shadowSubPolicy?: string;
}

const words: Readonly<Record<Verdict, string>> = {
  sampled: 'kept',
  not_sampled: 'not kept',
  dropped: 'dropped',
};

const notAsked = voteNames[voteNumbers.none];

const causes: Readonly<Record<Trigger, string>> = {
  timer: 'when decision_wait was over',
  root: 'after its root span had come',
  size: 'because it was larger than maximum_trace_size_bytes',
  eviction: 'before its time, because room was needed',
  shutdown: 'before its time, because of the shutdown',
  ingest: 'as its spans came',
};

/** What the records, and the traces that wait, say of a trace. */
export function explainTrace(
  trace: string,
  records: WhyRecords | undefined,
  dueIn: (id: Uint8Array) => number | undefined,
): WhyAnswer {
  const id = new Uint8Array(Buffer.from(trace, 'hex'));
  const decisions = (records?.find(id) ?? []).map(toDecision);
  const dueInS = dueIn(id);
  const text = decisions.flatMap((decision) => textOf(decision));
  if (dueInS !== undefined) {
    const line = `waits for its decision, which is due within ${dueInS} s`;
    return { trace, state: 'waiting', decisions, dueInS, text: [line, ...text] };
  }
  if (decisions.length > 0) return { trace, state: 'decided', decisions, text };
  if (records === undefined) {
    const line = 'no decisions are remembered: why.max_records is 0';
    return { trace, state: 'forgotten', decisions, text: [line] };
  }
  if (records.hasForgotten) {
    const line = `not among the last ${records.size} decisions: never seen, or older than the record`;
    return { trace, state: 'forgotten', decisions, text: [line] };
  }
  return { trace, state: 'unknown', decisions, text: ['no span of it was seen since the start'] };
}

export function toDecision(record: WhyRecord): WhyDecision {
  const { policies, shadow } = record;
  const { policy, subPolicy } = creditedIn(record);
  const other = shadow === undefined ? {} : creditedIn(shadow);
  return {
    time: new Date(record.timeMs).toISOString(),
    trigger: record.trigger,
    verdict: record.verdict,
    ...(policy !== undefined && { policy }),
    ...(subPolicy !== undefined && { subPolicy }),
    spans: record.spanCount,
    bytes: record.byteLength,
    lateSpans: record.lateSpans,
    votes: record.votes.map(({ vote, value }, i) => ({
      policy: policies.policies[i]!.name,
      type: policies.policies[i]!.type,
      vote: voteNames[vote],
      why: policies.explain(i, vote, value),
    })),
    ...(shadow !== undefined && { shadow: shadow.verdict }),
    ...(other.policy !== undefined && { shadowPolicy: other.policy }),
    ...(other.subPolicy !== undefined && { shadowSubPolicy: other.subPolicy }),
  };
}

/** The names of who is credited. */
function creditedIn({ policies, policy, subPolicy }: Pick<WhyRecord, 'policies' | 'policy' | 'subPolicy'>): {
  readonly policy?: string | undefined;
  readonly subPolicy?: string | undefined;
} {
  const credited = policies.policies[policy];
  return { policy: credited?.name, subPolicy: credited?.subPolicies[subPolicy] };
}

function textOf(decision: WhyDecision): readonly string[] {
  const { verdict, time, trigger, policy, subPolicy, spans, bytes, lateSpans, votes } = decision;
  const { shadow, shadowPolicy, shadowSubPolicy } = decision;
  const width = Math.max(0, ...votes.map((vote) => vote.policy.length));
  const voteWidth = Math.max(0, ...votes.map(({ vote }) => vote.length));
  return [
    `${verdictText(verdict, policy, subPolicy)} at ${time}, ${causes[trigger]}`,
    `${spans} span${spans === 1 ? '' : 's'}, ${bytes} bytes${lateSpans > 0 ? `; ${lateSpans} more came late, and went the same way` : ''}`,
    ...votes.map(({ policy: name, vote, why }) =>
      // Who was not asked has no more to say.
      vote === notAsked
        ? `  ${name.padEnd(width)}  ${vote}`
        : `  ${name.padEnd(width)}  ${vote.padEnd(voteWidth)}  ${why}`,
    ),
    ...(shadow === undefined
      ? []
      : [`  the shadow policies: ${verdictText(shadow, shadowPolicy, shadowSubPolicy)}`]),
  ];
}

/** `kept by limits (fast)`. */
function verdictText(verdict: Verdict, policy: string | undefined, subPolicy: string | undefined): string {
  const by = policy === undefined || verdict === 'not_sampled' ? '' : ` by ${policy}`;
  return `${words[verdict]}${by}${subPolicy === undefined ? '' : ` (${subPolicy})`}`;
}
