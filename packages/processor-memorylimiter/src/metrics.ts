import type { ProcessorSettings, Signal } from '@tributary/component';

/** Counts what was let in and what was refused. */
export interface Counts {
  accepted(items: number): void;
  refused(items: number): void;
}

/** The Collector counts no profiles here. */
const units: { readonly [S in Signal]?: readonly [name: string, unit: string, words: string] } = {
  traces: ['spans', '{span}', 'spans'],
  metrics: ['metric_points', '{datapoint}', 'data points'],
  logs: ['log_records', '{record}', 'log records'],
};

export function createCounts(meter: ProcessorSettings<unknown, Signal>['meter'], signal: Signal): Counts {
  const [name, unit, words] = units[signal] ?? [];
  if (name === undefined) return { accepted() {}, refused() {} };
  const counter = (what: 'accepted' | 'refused', description: string): ((items: number) => void) => {
    const counter = meter.createCounter(`otelcol_processor_memory_limiter_${what}_${name}`, {
      unit: unit!,
      description,
    });
    return (items) => counter.add(items);
  };
  return {
    accepted: counter('accepted', `Number of ${words} that the memory limiter let in.`),
    refused: counter('refused', `Number of ${words} that the memory limiter refused.`),
  };
}
