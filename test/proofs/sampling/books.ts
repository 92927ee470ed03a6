import type { BalanceReport } from '@tributary/collector';
import type { Taken } from './backend-process.js';
import { numbersPerTrace, type TraceLoad } from './trace-load.js';

/** What became of the spans that were acknowledged. Traces whose ID is broken are one for the collector. */
export interface Books {
  readonly sent: number;
  readonly refused: number;
  readonly acknowledged: number;
  /** Taken by the backend, each as often as it was acknowledged. */
  readonly delivered: number;
  /** Taken more often than that, and how many of these times had an answer before. */
  readonly again: number;
  readonly unexplained: number;
  /** Of traces of which nothing was taken. */
  readonly notKept: number;
  /** Of traces of which something was taken, but not these. */
  readonly missing: number;
  readonly keptTraces: number;
  readonly traces: number;
}

/** Compares what clients were told with what the backend has taken, up to that trace. */
export function booksOf(
  { sent, refused, acknowledged, acknowledgements }: TraceLoad,
  { took, unanswered }: Taken,
  traces: number,
  isBroken: (trace: number) => boolean,
): Books {
  let [delivered, again, unexplained, notKept, missing, keptTraces, sentTraces] = [0, 0, 0, 0, 0, 0, 0];
  for (let trace = 0; trace < traces; trace++) {
    let [absent, known, present] = [0, 0, 0];
    for (let n = trace * numbersPerTrace; n < (trace + 1) * numbersPerTrace; n++) {
      const wanted = acknowledgements[n]!;
      const there = took[n]!;
      known += wanted;
      present += there;
      delivered += Math.min(wanted, there);
      absent += Math.max(0, wanted - there);
      again += Math.max(0, there - wanted);
      unexplained += Math.max(0, there - wanted - unanswered[n]!);
    }
    if (known > 0 && !isBroken(trace)) sentTraces++;
    if (present > 0 && !isBroken(trace)) {
      keptTraces++;
      missing += absent;
    } else notKept += absent;
  }
  return {
    sent,
    refused,
    acknowledged,
    delivered,
    again,
    unexplained,
    notKept,
    missing,
    keptTraces,
    traces: sentTraces,
  };
}

/** What does not add up between these and the books of the collector; nothing, if all does. */
export function problemsOf(books: Books, { components, imbalances }: BalanceReport): string[] {
  const sum = (kind: string, value: 'created' | 'passed' | 'held'): number =>
    components.filter((line) => line.kind === kind).reduce((total, line) => total + line[value], 0);
  const dropped = new Map<string, number>();
  for (const line of components)
    for (const [reason, items] of Object.entries(line.dropped))
      dropped.set(reason, (dropped.get(reason) ?? 0) + items);
  const filtered = dropped.get('filtered') ?? 0;
  dropped.delete('filtered');
  const problems = [...imbalances];
  const same = (what: string, counted: number, booked: number): void => {
    if (counted !== booked) problems.push(`${what}: ${counted} counted, ${booked} in the books`);
  };
  same('sent', books.sent, books.acknowledged + books.refused);
  same('acknowledged', books.acknowledged, sum('receiver', 'created'));
  same('delivered', books.delivered, sum('exporter', 'passed'));
  same('not kept', books.notKept, filtered);
  same('missing of traces that were kept', books.missing, 0);
  same('duplicates of what was answered', books.unexplained, 0);
  same(
    'held at the end',
    components.reduce((total, { held }) => total + held, 0),
    0,
  );
  for (const [reason, items] of dropped) if (items > 0) problems.push(`${items} dropped: ${reason}`);
  return problems;
}
