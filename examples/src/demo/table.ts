import { signals, type Counts } from './messages.js';

/** A row of the result: a name, and a number for each signal. */
export type Row = readonly [name: string, counts: Counts];

const width = 12;

/** The rows as a table, with a sum for each. */
export function formatTable(rows: readonly Row[]): string {
  const nameWidth = Math.max(...rows.map(([name]) => name.length)) + 2;
  const line = (name: string, cells: readonly string[]): string =>
    `  ${name.padEnd(nameWidth)}${cells.map((cell) => cell.padStart(width)).join('')}`;
  const body = rows.map(([name, counts]) =>
    line(
      name,
      [...signals.map((signal) => counts[signal]), total(counts)].map((count) => count.toLocaleString('en')),
    ),
  );
  return [line('', ['spans', 'points', 'records', 'all']), ...body].join('\n');
}

export function total(counts: Counts): number {
  return counts.traces + counts.metrics + counts.logs;
}

export function add(one: Counts, other: Counts): Counts {
  return {
    traces: one.traces + other.traces,
    metrics: one.metrics + other.metrics,
    logs: one.logs + other.logs,
  };
}

/** The value below which the given share of the sorted values lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
