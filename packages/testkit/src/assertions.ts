import { AssertionError } from 'node:assert';
import type { Collector } from '@tributary/collector';
import type { Signal } from '@tributary/pdata';
import type { RecordOf, Wanted } from './match/pattern.js';
import { judgeBalance, judgeRecord, type Searchable } from './match/verdict.js';

/**
 * There is a record as wanted: it is returned.
 *
 * @throws AssertionError that shows how the nearest differs
 */
export type AssertRecord<S extends Signal> = (where: Searchable<S>, wanted: Wanted<S>) => RecordOf<S>;

/** There is no record such as this. @throws AssertionError that tells which there is */
export type AssertNoRecord<S extends Signal> = (where: Searchable<S>, wanted: Wanted<S>) => void;

export const assertSpan: AssertRecord<'traces'> = present('traces');
export const assertMetric: AssertRecord<'metrics'> = present('metrics');
export const assertLogRecord: AssertRecord<'logs'> = present('logs');
export const assertProfile: AssertRecord<'profiles'> = present('profiles');

export const assertNoSpan: AssertNoRecord<'traces'> = absent('traces');
export const assertNoMetric: AssertNoRecord<'metrics'> = absent('metrics');
export const assertNoLogRecord: AssertNoRecord<'logs'> = absent('logs');
export const assertNoProfile: AssertNoRecord<'profiles'> = absent('profiles');

/** Every item that has entered a collector is accounted for. @throws AssertionError that tells where one is not */
export function assertBalance(collector: Pick<Collector, 'balance'>): void {
  const { pass, message } = judgeBalance(collector);
  if (!pass) throw new AssertionError({ message: message(), stackStartFn: assertBalance });
}

function present<S extends Signal>(signal: S): AssertRecord<S> {
  return function assert(where, wanted) {
    const { found, message } = judgeRecord(signal, where, wanted);
    if (found === undefined) throw new AssertionError({ message: message(), stackStartFn: assert });
    return found;
  };
}

function absent<S extends Signal>(signal: S): AssertNoRecord<S> {
  return function assert(where, wanted) {
    const { pass, message } = judgeRecord(signal, where, wanted);
    if (pass) throw new AssertionError({ message: message(), stackStartFn: assert });
  };
}
