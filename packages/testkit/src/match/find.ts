import type { Signal } from '@tributary/pdata';
import { differencesOf, show, type Difference } from './differences.js';
import type { RecordOf, Wanted } from './pattern.js';

/** Whether a record is what is wanted. */
export function isWanted<S extends Signal>(record: RecordOf<S>, wanted: Wanted<S>): boolean {
  return typeof wanted === 'function' ? wanted(record) : differencesOf(record, wanted).length === 0;
}

/** What a record of a signal is called. */
export const recordNames: Readonly<Record<Signal, string>> = {
  traces: 'span',
  metrics: 'metric',
  logs: 'log record',
  profiles: 'profile',
};

/**
 * Why none of the records is what was wanted: with the one that comes nearest to a pattern, and with the
 * first ones where a condition has not said what it was about.
 */
export function explainMiss<S extends Signal>(
  signal: S,
  records: readonly RecordOf<S>[],
  wanted: Wanted<S>,
): string {
  const name = recordNames[signal];
  if (records.length === 0) return `there was no ${name}`;
  const count = `of ${records.length} ${name}${records.length === 1 ? '' : 's'}`;
  if (typeof wanted === 'function') {
    const lines = records.slice(0, shownRecords).map((record) => `\n  ${titleOf(record)}`);
    const more = records.length > shownRecords ? '\n  …' : '';
    return `${count}:${lines.join('')}${more}`;
  }
  const { record, differences } = nearest(records, wanted);
  const lines = differences.map(
    ({ path, expected, actual }) => `\n  ${path}: expected ${show(expected)}, got ${show(actual)}`,
  );
  return `${count} the nearest is ${titleOf(record)}:${lines.join('')}`;
}

const shownRecords = 10;

/** What was looked for, in a message. */
export function showWanted<S extends Signal>(wanted: Wanted<S>): string {
  return typeof wanted === 'function' ? String(wanted) : show(wanted);
}

/** How a record is called in a message: by its name, and where it comes from. */
export function titleOf(record: RecordOf<Signal>): string {
  const service = record.resource.attributes.get('service.name');
  const title = show(nameOf(record));
  return service === undefined ? title : `${title} of ${show(service)}`;
}

function nameOf(record: RecordOf<Signal>): unknown {
  if ('body' in record) return record.eventName || record.body;
  return 'profileId' in record ? record.profileId : record.name;
}

/** The record with the fewest differences; of several, the one whose first difference comes latest. */
function nearest<R extends object>(
  records: readonly R[],
  pattern: object,
): { readonly record: R; readonly differences: readonly Difference[] } {
  const keys = Object.keys(pattern);
  const rankOf = (differences: readonly Difference[]): number => {
    const first = keys.findIndex((key) => differences[0]?.path.startsWith(key) === true);
    return differences.length * (keys.length + 1) - first;
  };
  return records
    .map((record) => ({ record, differences: differencesOf(record, pattern) }))
    .reduce((best, other) => (rankOf(other.differences) < rankOf(best.differences) ? other : best));
}
