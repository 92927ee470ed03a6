import type { Batch, Signal } from '@tributary/pdata';
import type { RecordOf } from './pattern.js';

/** The records of a batch; none, if it is of another signal. */
export function recordsIn<S extends Signal>(batch: Batch<Signal>, signal: S): RecordOf<S>[] {
  return batch.signal === signal ? ([...recordsOf(batch)] as RecordOf<S>[]) : [];
}

function recordsOf(batch: Batch<Signal>): Iterable<RecordOf<Signal>> {
  switch (batch.signal) {
    case 'traces':
      return batch.spans();
    case 'metrics':
      return batch.metrics();
    case 'logs':
      return batch.records();
    case 'profiles':
      return batch.profiles();
  }
}
