import { IdIndex, idWords } from '@tributary/pdata/bytes';
import { votes, type PolicySet, type Verdict, type Vote } from '../policies/evaluator.js';
import { triggers, type Decided, type Trigger } from './decided.js';

const none = -1;
const verdicts = ['sampled', 'not_sampled', 'dropped'] as const satisfies readonly Verdict[];
/** Records are allocated, and forgotten, so many at a time. */
const mostInSegment = 65_536;
const leastInSegment = 16;
const segmentsInAll = 16;
/** Bytes of a record beside votes and values, and of its places in the index. */
const recordBytes = 16 + 8 + 8 + 4 * 3 + 2 * 4 + 4 + 8;

/** Why a trace was kept or not, read out of a record. */
export interface WhyRecord {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly trigger: Trigger;
  readonly verdict: Verdict;
  readonly spanCount: number;
  readonly byteLength: number;
  readonly policies: PolicySet;
  /** Who is credited; -1: none. */
  readonly policy: number;
  readonly subPolicy: number;
  /** By policy. */
  readonly votes: readonly { readonly vote: Vote; readonly value: number }[];
  /** What the shadow policies would have done, and who of them is credited. */
  readonly shadow: WhyShadow | undefined;
  /** Spans that came later, and went the way of the others. */
  readonly lateSpans: number;
}

/** What is remembered of the shadow policies: how each of them voted is not. */
export interface WhyShadow {
  readonly verdict: Verdict;
  readonly policies: PolicySet;
  /** -1: none. */
  readonly policy: number;
  readonly subPolicy: number;
}

/** Policies, and the shadow policies that were compiled with them. */
interface Sets {
  readonly policies: PolicySet;
  readonly shadow: PolicySet | undefined;
}

/** Records that were allocated together. What is known of each stands in arrays, one for each field. */
class Segment {
  size = 0;
  readonly stride: number;
  /** Number of its first record, counted from the first of all. */
  readonly first: number;
  readonly ids: Uint32Array;
  readonly index: IdIndex;
  /** Place of an earlier record of the same trace, and one; 0: none here. */
  readonly earlier: Uint32Array;
  readonly timesMs: Float64Array;
  readonly byteLengths: Float64Array;
  readonly spanCounts: Uint32Array;
  readonly lateSpans: Uint32Array;
  readonly policies: Int16Array;
  readonly subPolicies: Int16Array;
  readonly triggers: Uint8Array;
  readonly verdicts: Uint8Array;
  /** One more than the verdict; 0: none. */
  readonly shadows: Uint8Array;
  readonly shadowPolicies: Int16Array;
  readonly shadowSubPolicies: Int16Array;
  readonly sets: Sets[] = [];
  readonly setOf: Uint8Array;
  readonly votes: Uint8Array;
  readonly values: Float64Array;

  constructor(first: number, capacity: number, stride: number, random: () => number) {
    this.first = first;
    this.stride = stride;
    this.ids = new Uint32Array(capacity * idWords);
    this.index = new IdIndex(random, { capacity });
    this.earlier = new Uint32Array(capacity);
    this.timesMs = new Float64Array(capacity);
    this.byteLengths = new Float64Array(capacity);
    this.spanCounts = new Uint32Array(capacity);
    this.lateSpans = new Uint32Array(capacity);
    this.policies = new Int16Array(capacity);
    this.subPolicies = new Int16Array(capacity);
    this.triggers = new Uint8Array(capacity);
    this.verdicts = new Uint8Array(capacity);
    this.shadows = new Uint8Array(capacity);
    this.shadowPolicies = new Int16Array(capacity);
    this.shadowSubPolicies = new Int16Array(capacity);
    this.setOf = new Uint8Array(capacity);
    this.votes = new Uint8Array(capacity * stride);
    this.values = new Float64Array(capacity * stride);
  }

  get capacity(): number {
    return this.earlier.length;
  }

  get byteLength(): number {
    return this.capacity * (recordBytes + this.stride * 9);
  }
}

/**
 * The last decisions with their reasons, a record of fixed size for each, by trace ID. It grows with its use; when it
 * is full, the oldest go.
 */
export class WhyRecords {
  #max: number;
  #segmentSize: number;
  readonly #random: () => number;
  /** The oldest first. */
  readonly #segments: Segment[] = [];
  readonly #words = new Uint32Array(idWords);
  readonly #wordBytes = new Uint8Array(this.#words.buffer);
  #count = 0;
  #hasForgotten = false;

  /** `max` is at least 1. */
  constructor(max: number, random: () => number) {
    this.#max = max;
    this.#segmentSize = segmentSizeFor(max);
    this.#random = random;
  }

  get byteLength(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.byteLength, 0);
  }

  /** Whether decisions were forgotten. */
  get hasForgotten(): boolean {
    return this.#hasForgotten || this.#count > this.#max;
  }

  /** Has room for so many from now on, at least 1. What is too much is forgotten. */
  resize(max: number): void {
    this.#hasForgotten = this.hasForgotten || this.#count > max;
    this.#max = max;
    this.#segmentSize = segmentSizeFor(max);
    this.#shift();
  }

  /** There may have been decisions before it began to remember. */
  forgetEarlier(): void {
    this.#hasForgotten = true;
  }

  /** Decisions that there were, the forgotten ones included. */
  get count(): number {
    return this.#count;
  }

  /** Decisions that are remembered. */
  get size(): number {
    return Math.min(this.#count, this.#max);
  }

  add(decided: Decided): void {
    const { id, timeMs, trigger, spanCount, byteLength, decision, shadow } = decided;
    const segment = this.#segmentFor(decided);
    const at = segment.size++;
    this.#count++;
    this.#wordBytes.set(id);
    const before = segment.index.find(segment.ids, this.#words, 0);
    if (before !== none) segment.index.remove(segment.ids, before);
    segment.earlier[at] = before + 1;
    segment.ids.set(this.#words, at * idWords);
    segment.index.add(segment.ids, at);
    segment.timesMs[at] = timeMs;
    segment.byteLengths[at] = byteLength;
    segment.spanCounts[at] = spanCount;
    segment.lateSpans[at] = 0;
    segment.policies[at] = decision.policy;
    segment.subPolicies[at] = decision.subPolicy;
    segment.triggers[at] = triggers.indexOf(trigger);
    segment.verdicts[at] = verdicts.indexOf(decision.verdict);
    segment.shadows[at] = shadow === undefined ? 0 : verdicts.indexOf(shadow.verdict) + 1;
    if (shadow !== undefined) {
      segment.shadowPolicies[at] = shadow.policy;
      segment.shadowSubPolicies[at] = shadow.subPolicy;
    }
    segment.setOf[at] = segment.sets.length - 1;
    const { length } = decision.votes;
    for (let i = 0, to = at * segment.stride; i < length; i++, to++) {
      segment.votes[to] = decision.votes[i]!;
      segment.values[to] = decision.values[i]!;
    }
  }

  /** Counts spans that came after the last decision about a trace. */
  late(id: Uint8Array, spanCount: number): void {
    for (let i = this.#segments.length - 1; i >= 0; i--) {
      const segment = this.#segments[i]!;
      const at = this.#find(segment, id);
      if (at === none) continue;
      segment.lateSpans[at]! += spanCount;
      return;
    }
  }

  /** What is known of a trace, the last decision first. */
  find(id: Uint8Array): readonly WhyRecord[] {
    const found: WhyRecord[] = [];
    const oldest = this.#count - this.#max;
    for (const segment of this.#segments.toReversed()) {
      for (let at = this.#find(segment, id); at !== none; at = segment.earlier[at]! - 1) {
        if (segment.first + at >= oldest) found.push(read(segment, at));
      }
    }
    return found;
  }

  /** The decisions with the numbers `from` to `to` (exclusive), counted from 0, of which it remembers all. */
  *between(from: number, to: number): Generator<WhyRecord & { readonly id: Uint8Array }> {
    for (const segment of this.#segments) {
      const last = Math.min(segment.size, to - segment.first);
      for (let at = Math.max(0, from - segment.first); at < last; at++) {
        const id = segment.ids.slice(at * idWords, (at + 1) * idWords);
        yield { ...read(segment, at), id: new Uint8Array(id.buffer) };
      }
    }
  }

  /** Lets segments go that have nothing which is to be remembered when there is one more. */
  #shift(): void {
    const oldest = this.#count + 1 - this.#max;
    while (this.#segments.length > 1 && this.#segments[0]!.first + this.#segments[0]!.size <= oldest) {
      this.#segments.shift();
    }
  }

  #find(segment: Segment, id: Uint8Array): number {
    this.#wordBytes.set(id);
    return segment.index.find(segment.ids, this.#words, 0);
  }

  /** The one that is written, with these sets as its last. */
  #segmentFor({ policies, shadowPolicies: shadow }: Decided): Segment {
    const { length: stride } = policies.policies;
    let segment = this.#segments.at(-1);
    const isUsable =
      segment !== undefined &&
      segment.size < segment.capacity &&
      (isLast(segment) || (segment.stride >= stride && segment.sets.length < 256));
    if (segment === undefined || !isUsable) {
      segment = new Segment(this.#count, this.#segmentSize, stride, this.#random);
      this.#segments.push(segment);
      this.#shift();
    }
    if (!isLast(segment)) segment.sets.push({ policies, shadow });
    return segment;

    function isLast({ sets }: Segment): boolean {
      const last = sets.at(-1);
      return last !== undefined && last.policies === policies && last.shadow === shadow;
    }
  }
}

function segmentSizeFor(max: number): number {
  const share = 2 ** Math.ceil(Math.log2(Math.max(1, max / segmentsInAll)));
  return Math.min(mostInSegment, Math.max(leastInSegment, share));
}

function read(segment: Segment, at: number): WhyRecord {
  const { policies, shadow } = segment.sets[segment.setOf[at]!]!;
  const shadowVerdict = verdicts[segment.shadows[at]! - 1];
  return {
    timeMs: segment.timesMs[at]!,
    trigger: triggers[segment.triggers[at]!]!,
    verdict: verdicts[segment.verdicts[at]!]!,
    spanCount: segment.spanCounts[at]!,
    byteLength: segment.byteLengths[at]!,
    policies,
    policy: segment.policies[at]!,
    subPolicy: segment.subPolicies[at]!,
    votes: policies.policies.map((_, i) => ({
      vote: segment.votes[at * segment.stride + i] as Vote,
      value: segment.values[at * segment.stride + i]!,
    })),
    shadow:
      shadow === undefined || shadowVerdict === undefined
        ? undefined
        : {
            verdict: shadowVerdict,
            policies: shadow,
            policy: segment.shadowPolicies[at]!,
            subPolicy: segment.shadowSubPolicies[at]!,
          },
    lateSpans: segment.lateSpans[at]!,
  };
}

/** The name of a vote, as the metrics have it. */
export const voteNames: Readonly<Record<Vote, string>> = {
  [votes.none]: 'not asked',
  [votes.notSampled]: 'not_sampled',
  [votes.sampled]: 'sampled',
  [votes.dropped]: 'dropped',
  [votes.error]: 'error',
};
