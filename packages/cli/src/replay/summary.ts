import type { Decision } from './reasons.js';

/** Decisions, with the spans and the bytes that there were when they were made. */
export interface Amount {
  traces: number;
  spans: number;
  bytes: number;
}

/** What a policy is credited with. */
export interface PolicyAmounts {
  readonly kept: Amount;
  readonly dropped: Amount;
}

/** The sums of all decisions. */
export class Summary {
  readonly all: Amount = zero();
  readonly byVerdict: Readonly<Record<string, Amount>> = {
    sampled: zero(),
    not_sampled: zero(),
    dropped: zero(),
  };
  /** Each policy that was asked, in the order of evaluation. */
  readonly byPolicy: Map<string, PolicyAmounts> = new Map();
  readonly byTrigger: Map<string, number> = new Map();
  /** Votes that were no votes, because a policy failed. */
  errors = 0;

  add({ verdict, policy, trigger, votes, spans, bytes }: Decision): void {
    count(this.all, spans, bytes);
    count(this.byVerdict[verdict]!, spans, bytes);
    this.byTrigger.set(trigger, (this.byTrigger.get(trigger) ?? 0) + 1);
    for (const { policy: asked, vote } of votes) {
      if (!this.byPolicy.has(asked)) this.byPolicy.set(asked, { kept: zero(), dropped: zero() });
      if (vote === 'error') this.errors++;
    }
    // Nobody is credited with what no policy keeps.
    if (policy === undefined || verdict === 'not_sampled') return;
    const { kept, dropped } = this.byPolicy.get(policy)!;
    count(verdict === 'sampled' ? kept : dropped, spans, bytes);
  }
}

function zero(): Amount {
  return { traces: 0, spans: 0, bytes: 0 };
}

function count(amount: Amount, spans: number, bytes: number): void {
  amount.traces++;
  amount.spans += spans;
  amount.bytes += bytes;
}
