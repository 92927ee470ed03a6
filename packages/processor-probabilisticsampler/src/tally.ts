import type { Settings } from '@tributary/component';
import type { Completed } from './config.js';
import type { Decision, Fault } from './decision.js';

/** What was decided about the items of a batch, for the metric and the log. */
export interface Tally {
  add(decision: Decision, isKept: boolean): void;
  /** Tells what was added since, and begins anew. */
  tell(): void;
}

interface Counts {
  kept: number;
  dropped: number;
  readonly keptBy: Readonly<Record<string, string>>;
  readonly droppedBy: Readonly<Record<string, string>>;
}

const causes: Readonly<Record<Fault, string>> = {
  unreadable: 'the tracestate, or what says how it was sampled, cannot be read',
  sampled_before: 'it was sampled before, and the mode is hash_seed',
  missing_randomness: 'it has nothing to decide by',
  inconsistent: 'by its threshold it should not have been kept before',
};

/** One line for all that follow, which would say the same. */
const advice =
  'items that were sampled before come to mode hash_seed: fail_closed decides; set already_sampled, or another mode';

export function createTally(
  { config, logger, meter }: Settings<Completed>,
  signal: 'traces' | 'logs',
): Tally {
  const counter = meter.createCounter(`otelcol_processor_probabilistic_sampler_count_${signal}_sampled`, {
    unit: '1',
    description: `Number of ${signal === 'traces' ? 'spans' : 'log records'} that were kept or dropped.`,
  });
  const byPolicy = new Map<string, Counts>();
  const faults = new Map<Fault, number>();
  let isAdvised = false;

  function countsOf(policy: string): Counts {
    const counts = {
      kept: 0,
      dropped: 0,
      keptBy: Object.freeze({ policy, sampled: 'true' }),
      droppedBy: Object.freeze({ policy, sampled: 'false' }),
    };
    byPolicy.set(policy, counts);
    return counts;
  }

  function tellFaults(): void {
    for (const [fault, items] of faults) {
      const level = fault === 'unreadable' ? 'info' : 'debug';
      logger[level](`cannot decide about an item: ${causes[fault]}`, {
        items,
        fail_closed: config.fail_closed,
      });
    }
    if (faults.has('sampled_before') && !isAdvised) {
      isAdvised = true;
      logger.warn(advice, { fail_closed: config.fail_closed });
    }
    faults.clear();
  }

  return {
    add({ policy, fault }, isKept) {
      const counts = byPolicy.get(policy) ?? countsOf(policy);
      if (isKept) counts.kept++;
      else counts.dropped++;
      if (fault !== undefined) faults.set(fault, (faults.get(fault) ?? 0) + 1);
    },
    tell() {
      for (const counts of byPolicy.values()) {
        if (counts.kept > 0) counter.add(counts.kept, counts.keptBy);
        if (counts.dropped > 0) counter.add(counts.dropped, counts.droppedBy);
        counts.kept = counts.dropped = 0;
      }
      if (faults.size > 0) tellFaults();
    },
  };
}
