import { toDecision, type WhyDecision } from './answer.js';
import type { WhyRecords } from './records.js';

/** Decisions in the order in which they were made. */
export interface WhyListing {
  /** Oldest first. */
  readonly decisions: readonly (WhyDecision & { readonly trace: string })[];
  /** What to ask for as `after` to get those that follow. */
  readonly next: number;
  /** Of those that were asked for, how many are older than the record. */
  readonly forgotten: number;
}

/** Requests wait while an answer is made, ten to thirty microseconds for each decision. */
export const maxListed = 1000;

/** What is remembered of decisions behind the first `after`, at most `limit` of them. */
export function listDecisions(records: WhyRecords | undefined, after: number, limit: number): WhyListing {
  if (records === undefined) return { decisions: [], next: after, forgotten: 0 };
  const { count, size } = records;
  const from = Math.max(after, count - size);
  const next = Math.min(count, from + limit);
  const decisions = Array.from(records.between(from, next), (record) => ({
    trace: Buffer.from(record.id).toString('hex'),
    ...toDecision(record),
  }));
  return { decisions, next: Math.max(from, next), forgotten: from - after };
}
