import type { Composite } from './config.js';
import { votes } from './evaluator.js';
import type { Surroundings, Test } from './leaf.js';

/** A test that tells which of its parts decided. */
export interface CompositeTest extends Test {
  readonly names: readonly string[];
  /** By its place among the names; -1: none. */
  credited: number;
}

/**
 * Shares a number of spans a second among policies. The first that keeps a trace decides: there is room for it in the
 * policy's own allocation, or in what all policies together left unused in the second before, or it is not kept.
 */
export function createComposite(
  { composite }: Composite,
  make: (policy: Composite['composite']['composite_sub_policy'][number]) => Test,
  { clock }: Pick<Surroundings, 'clock'>,
): CompositeTest {
  const { max_total_spans_per_second: max, policy_order: order } = composite;
  const listed = composite.composite_sub_policy;
  const ordered = [
    ...order.map((name) => listed.find((policy) => policy.name === name)!),
    ...listed.filter(({ name }) => !order.includes(name)),
  ];
  const parts = ordered.map((policy) => ({
    test: make(policy),
    allocation: allocationOf(policy.name),
    used: 0,
  }));
  let second = NaN;
  let total = 0;
  let unused = 0;

  function allocationOf(name: string): number {
    const percent = composite.rate_allocation.find(({ policy }) => policy === name)?.percent ?? 0;
    return Math.trunc(percent > 0 ? (percent / 100) * max : max / listed.length);
  }

  function beginSecond(now: number): void {
    unused = second === now - 1 ? Math.max(0, max - total) : second < now ? max : 0;
    second = now;
    total = 0;
    for (const part of parts) part.used = 0;
  }

  /** Whether there is room; it is taken then. */
  function take(part: { used: number; readonly allocation: number }, spans: number): boolean {
    if (part.used + spans <= part.allocation) part.used += spans;
    else if (spans <= unused && total + spans <= max) unused -= spans;
    else return false;
    total += spans;
    return true;
  }

  const self: CompositeTest = {
    names: ordered.map(({ name }) => name),
    credited: -1,
    value: NaN,
    vote(trace) {
      const now = Math.floor(clock.now() / 1000);
      if (now !== second) beginSecond(now);
      self.credited = -1;
      self.value = NaN;
      for (let i = 0; i < parts.length; i++) {
        const part = parts[i]!;
        const vote = part.test.vote(trace);
        if (vote === votes.notSampled) continue;
        if (vote !== votes.sampled) return vote;
        self.value = i;
        if (!take(part, trace.spanCount)) return votes.notSampled;
        self.credited = i;
        return votes.sampled;
      }
      return votes.notSampled;
    },
    explain(vote, value) {
      if (Number.isNaN(value)) return 'none of its policies keeps it';
      const name = JSON.stringify(ordered[value]!.name);
      if (vote === votes.sampled) return `${name} keeps it, and has room`;
      const { allocation } = parts[value]!;
      return `${name} would keep it, but its ${allocation} of ${max} spans a second are used up`;
    },
  };
  return self;
}
