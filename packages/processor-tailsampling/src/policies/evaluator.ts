/** What becomes of a trace. */
export type Verdict = 'sampled' | 'not_sampled' | 'dropped';

/** What a policy says of a trace, as a number: votes are kept by the million. `none`: it was not asked. */
export const votes = { none: 0, notSampled: 1, sampled: 2, dropped: 3, error: 4 } as const;
export type Vote = (typeof votes)[keyof typeof votes];

/** What a set of policies has decided. One object for all traces: it holds until the next is decided. */
export interface Decision {
  readonly verdict: Verdict;
  /** The policy that is credited, the first with the vote that won; -1: none. */
  readonly policy: number;
  /** The sub-policy that decided within it, where it is a `composite`; -1: none. */
  readonly subPolicy: number;
  /** By policy, in the order of evaluation. */
  readonly votes: Uint8Array;
  /** By policy: the value that decided, as `explain` understands it; NaN where there is none. */
  readonly values: Float64Array;
}

/** What is known of a trace without reading it. */
export interface TraceSize {
  /** 16 bytes. */
  readonly id: Uint8Array;
  readonly spanCount: number;
  /** As `maximum_trace_size_bytes` and `bytes_limiting` count: protobuf of the groups that it came in. */
  readonly byteLength: number;
}

export interface PolicyInfo {
  readonly name: string;
  readonly type: string;
  /** Of a `composite`. */
  readonly subPolicies: readonly string[];
}

/** The policies of one list, with their state (buckets of limiters). */
export interface PolicySet {
  /** In the order of evaluation: `drop` first. */
  readonly policies: readonly PolicyInfo[];
  /**
   * Decides about the trace that the evaluator was shown since `begin`. What each policy took, beside reading the
   * spans for all of them, is written to `micros` where it is given.
   */
  decide(trace: TraceSize, micros?: Float64Array): Decision;
  /** Why a policy voted so, in words with its numbers: `duration 5230 ms is above 5000 ms`. */
  explain(policy: number, vote: Vote, value: number): string;
}

/**
 * Policies compiled into tests of bytes: it is shown the resources and spans of a trace one by one, each once, whatever
 * the number of policies and of sets. Nothing is allocated per trace.
 */
export interface Evaluator {
  /** The sets that it was compiled from, in their order. */
  readonly sets: readonly PolicySet[];
  /** Forgets the trace before. */
  begin(): void;
  /** The body of a `Resource`, empty where a group has none. */
  addResource(bytes: Buffer, start: number, end: number): void;
  /** The body of a `Span`. */
  addSpan(bytes: Buffer, start: number, end: number): void;
}
