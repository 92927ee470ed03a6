import { printable } from '../ask/printable.js';
import { formatUptime } from '../top/numbers.js';
import { layOut, type Column, type Paint } from '../top/table.js';
import type { Decision, Difference } from './reasons.js';
import type { Amount, PolicyAmounts } from './summary.js';
import type { Result } from './result.js';

const words: Readonly<Record<string, string>> = {
  sampled: 'kept',
  not_sampled: 'not kept',
  dropped: 'dropped',
};

/** A decision in a line: the trace, what became of it, its root, and the values that decided. */
export function lineOf({ trace, verdict, policy, subPolicy, trigger, votes }: Decision, root = '-'): string {
  const within = subPolicy === undefined ? '' : ` (${subPolicy})`;
  const by = policy === undefined || verdict === 'not_sampled' ? '' : ` by ${policy}${within}`;
  const deciding = votes.filter((vote) => (by === '' ? vote.vote !== 'not asked' : vote.policy === policy));
  const why =
    deciding.length === 0
      ? trigger
      : deciding.map((vote) => (by === '' ? `${vote.policy}: ${vote.why}` : vote.why)).join('; ');
  return printable([trace, `${words[verdict] ?? verdict}${by}`, root, why].join('  '));
}

/** What came of a replay, in lines. */
export function textOf({ replayed, summary, late, leftOut, difference }: Result): readonly string[] {
  const { requests, spans, firstMs, lastMs, behind, mostBehindMs } = replayed;
  const { refusedSpans, forgotten } = replayed;
  const { all, byVerdict, byPolicy, byTrigger, errors } = summary;
  const notes = [
    ...Object.entries(leftOut).map(
      ([signal, count]) => `left out: ${counted(count, 'request')} of ${signal}`,
    ),
    behind > 0 &&
      `${counted(behind, 'request')} ended before the time that was reached, by up to ${lengthOf(mostBehindMs)}, and came then`,
    refusedSpans > 0 && `refused, since max_bytes was reached: ${counted(refusedSpans, 'span')}`,
    forgotten > 0 && `not in the sums: ${counted(forgotten, 'decision')}, more at a time than are remembered`,
    errors > 0 && `policies failed: ${counted(errors, 'time')}`,
  ].filter((note) => note !== false);
  const triggers = [...byTrigger].map(([trigger, count]) => `${exact(count)} by ${trigger}`);
  return [
    `read ${counted(requests, 'request')}: ${counted(spans, 'span')} of ${counted(all.traces, 'trace')}`,
    ...(lastMs === undefined ? [] : [`from ${isoOf(firstMs ?? lastMs)} to ${isoOf(lastMs)}`]),
    ...notes,
    ...(all.traces === 0
      ? []
      : [
          '',
          ...layOut(verdictColumns(all), Object.entries(byVerdict), Infinity, plain),
          ...(byPolicy.size === 0 ? [] : ['', ...layOut(policyColumns, [...byPolicy], Infinity, plain)]),
          '',
          `decided: ${triggers.join(', ')}`,
        ]),
    ...(late === undefined || late.spans === 0
      ? []
      : [`late: ${counted(late.spans, 'span')}, ${exact(late.kept)} of them kept; they are in no sum`]),
    ...(difference === undefined ? [] : ['', 'with the shadow policies:', ...indented(difference)]),
  ].map((line) => printable(line.trimEnd()));
}

function indented({ text }: Difference): readonly string[] {
  return text.map((line) => `  ${line}`);
}

const plain: Paint = (text) => text;

function column<R>(title: string, text: (row: R) => string, align: 'left' | 'right' = 'right'): Column<R> {
  return { title, align, rank: 0, text };
}

function verdictColumns(all: Amount): readonly Column<readonly [string, Amount]>[] {
  return [
    column('', ([verdict]) => words[verdict] ?? verdict, 'left'),
    column('TRACES', ([, { traces }]) => exact(traces)),
    column('SHARE', ([, { traces }]) => `${((100 * traces) / all.traces).toFixed(2)} %`),
    column('SPANS', ([, { spans }]) => exact(spans)),
    column('BYTES', ([, { bytes }]) => exact(bytes)),
  ];
}

const policyColumns: readonly Column<readonly [string, PolicyAmounts]>[] = [
  column('POLICY', ([policy]) => policy, 'left'),
  column('KEPT', ([, { kept }]) => exact(kept.traces)),
  column('SPANS', ([, { kept }]) => exact(kept.spans)),
  column('BYTES', ([, { kept }]) => exact(kept.bytes)),
  column('DROPPED', ([, { dropped }]) => exact(dropped.traces)),
  column('SPANS', ([, { dropped }]) => exact(dropped.spans)),
  column('BYTES', ([, { dropped }]) => exact(dropped.bytes)),
];

function lengthOf(ms: number): string {
  return ms < 1000 ? `${ms}ms` : formatUptime(ms);
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

function exact(count: number): string {
  return count.toLocaleString('en-US');
}

function counted(count: number, noun: string): string {
  return `${exact(count)} ${noun}${count === 1 ? '' : 's'}`;
}
