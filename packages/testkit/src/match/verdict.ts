import { imbalances, type Collector } from '@tributary/collector';
import type { Batch, Signal } from '@tributary/pdata';
import { explainMiss, isWanted, recordNames, showWanted, titleOf } from './find.js';
import type { RecordOf, Wanted } from './pattern.js';
import { recordsIn } from './records.js';

/** Where a record is looked for: in a sink or a server, in a batch, or in a list of records. */
export type Searchable<S extends Signal> =
  { readonly batches: readonly Batch<Signal>[] } | Batch<S> | Iterable<RecordOf<S>>;

/** Whether something is so, in the shape that `expect.extend` wants. */
export interface Verdict {
  readonly pass: boolean;
  /** What is to be said where it is not as it was wanted. */
  readonly message: () => string;
}

/** Whether there is a record as wanted, and which. */
export function judgeRecord<S extends Signal>(
  signal: S,
  where: Searchable<S>,
  wanted: Wanted<S>,
): Verdict & { readonly found: RecordOf<S> | undefined } {
  const records = listOf(signal, where);
  const found = records.find((record) => isWanted(record, wanted));
  const name = `${recordNames[signal]} ${showWanted(wanted)}`;
  return {
    pass: found !== undefined,
    found,
    message: () =>
      found === undefined
        ? `there should be a ${name}; ${explainMiss(signal, records, wanted)}`
        : `there should be no ${name}; there is ${titleOf(found)}`,
  };
}

function listOf<S extends Signal>(signal: S, where: Searchable<S>): readonly RecordOf<S>[] {
  if ('batches' in where) return where.batches.flatMap((batch) => recordsIn(batch, signal));
  return 'itemCount' in where ? recordsIn(where, signal) : [...where];
}

/** Whether every item that has entered a collector is accounted for. */
export function judgeBalance(collector: Pick<Collector, 'balance'>): Verdict {
  const wrong = imbalances(collector.balance());
  return {
    pass: wrong.length === 0,
    message: () => ['the books should add up:', ...wrong].join('\n  '),
  };
}
