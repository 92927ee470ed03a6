import type { BalanceReport, EdgeLine, ReportedLine } from '@tributary/collector';
import { formatCount, formatRate, formatUptime } from './numbers.js';
import { printable } from '../ask/printable.js';
import type { Rates } from './rates.js';
import { cutTo, layOut, type Column, type Paint, type Tone } from './table.js';

/** How a report is shown. */
export interface ViewOptions {
  /** What the collector is reached by. */
  readonly name: string;
  /** What else stands in the first line. Default nothing. */
  readonly hint?: string | undefined;
  /** Why the report is not of this moment. */
  readonly failure?: string | undefined;
  /** Undefined: only sums are shown. */
  readonly rates?: Rates | undefined;
  readonly width: number;
  /** Lines; what is more is left out, and told. */
  readonly height: number;
  readonly paint: Paint;
}

/** Lines that do not add up are shown before all else, so many of them. */
const maxImbalances = 3;

/** The books as a screen of text, from the receivers to the exporters. */
export function view(report: BalanceReport, options: ViewOptions): string[] {
  const { name, hint, failure, rates, width, height, paint } = options;
  const { build, uptimeMs, imbalances } = report;
  const title = `${build.command} ${build.version} at ${name}, up ${formatUptime(uptimeMs)}`;
  const textLine = (text: string, tone: Tone): string => paint(cutTo(printable(text), width), tone);
  const head = [
    textLine(hint === undefined ? title : `${title}; ${hint}`, 'strong'),
    ...(failure === undefined ? [] : [textLine(failure, 'bad')]),
    textLine(summary(imbalances), imbalances.length === 0 ? 'plain' : 'bad'),
    ...imbalances.slice(0, maxImbalances).map((line) => textLine(line, 'bad')),
  ];
  // The engine makes components from the back.
  const edges = layOut(edgeColumns(rates), report.edges.toReversed(), width, paint);
  const components = layOut(componentColumns(rates), report.components.toReversed(), width, paint);
  const room = height - head.length - 2;
  const forComponents = Math.max(components.length, 2);
  const forEdges = Math.max(room - forComponents, Math.floor(room / 2));
  const more = (count: number, what: string): string => textLine(`${count} more ${what}`, 'plain');
  const shownEdges = clipped(edges, forEdges, (count) => more(count, 'edges'));
  return [
    ...head,
    '',
    ...shownEdges,
    '',
    ...clipped(components, room - shownEdges.length, (count) => more(count, 'components')),
  ].slice(0, height);
}

function summary(imbalances: readonly string[]): string {
  const { length } = imbalances;
  if (length === 0) return 'The books add up.';
  const more = length > maxImbalances ? `, of which ${maxImbalances} are` : '';
  return `The books do not add up in ${length} ${length === 1 ? 'line' : 'lines'}${more}:`;
}

/** A table in so many lines, titles and all. */
function clipped(lines: readonly string[], max: number, more: (count: number) => string): readonly string[] {
  if (lines.length <= max) return lines;
  const shown = Math.max(1, max - 1);
  return [...lines.slice(0, shown), more(lines.length - shown)];
}

type Edges = Column<EdgeLine>;
type Components = Column<ReportedLine>;

function edgeColumns(rates: Rates | undefined): readonly Edges[] {
  return [
    { title: 'FROM', align: 'left', rank: 0, text: ({ from }) => from },
    { title: 'TO', align: 'left', rank: 0, text: ({ to }) => to },
    ...place<EdgeLine>(),
    ...(rates === undefined ? [] : edgeRates(rates)),
    sum('OFFERED', 3, ({ offered }) => offered),
    sum('ACCEPTED', 4, ({ accepted }) => accepted),
    { ...sum<EdgeLine>('REFUSED', 0, ({ refused }) => refused), tone: bad(({ refused }) => refused) },
    sum('IN FLIGHT', 0, ({ inFlight }) => inFlight),
  ];
}

function edgeRates(rates: Rates): readonly Edges[] {
  const refused = (line: EdgeLine): number | undefined => rates.ofEdge(line, 'refused');
  return [
    rate('OFFERED/S', 0, (line) => rates.ofEdge(line, 'offered')),
    { ...rate('REFUSED/S', 0, refused), tone: bad(refused) },
  ];
}

function componentColumns(rates: Rates | undefined): readonly Components[] {
  return [
    { title: 'COMPONENT', align: 'left', rank: 0, text: ({ component }) => component },
    { title: 'KIND', align: 'left', rank: 2, text: ({ kind }) => kind },
    ...place<ReportedLine>(),
    ...(rates === undefined ? [] : componentRates(rates)),
    sum('IN', 3, intake),
    sum('OUT', 4, outcome),
    sum('HELD', 0, ({ held }) => held),
    { title: 'QUEUE', align: 'right', rank: 1, text: queueOf },
    { title: 'DROPPED', align: 'left', rank: 0, text: dropsOf, tone: bad(dropped) },
  ];
}

function componentRates(rates: Rates): readonly Components[] {
  const drops = (line: ReportedLine): number | undefined => rates.ofComponent(line, dropped);
  return [
    rate('IN/S', 0, (line) => rates.ofComponent(line, intake)),
    rate('OUT/S', 0, (line) => rates.ofComponent(line, outcome)),
    { ...rate('DROPPED/S', 1, drops), tone: bad(drops) },
  ];
}

function place<R extends { readonly signal: string; readonly pipeline: string }>(): readonly Column<R>[] {
  return [
    { title: 'SIGNAL', align: 'left', rank: 5, text: ({ signal }) => signal },
    { title: 'PIPELINE', align: 'left', rank: 6, text: ({ pipeline }) => pipeline },
  ];
}

function sum<R>(title: string, rank: number, value: (row: R) => number): Column<R> {
  return { title, align: 'right', rank, text: (row) => formatCount(value(row)) };
}

function rate<R>(title: string, rank: number, value: (row: R) => number | undefined): Column<R> {
  return { title, align: 'right', rank, text: (row) => formatRate(value(row)) };
}

function bad<R>(value: (row: R) => number | undefined): (row: R) => 'bad' | 'plain' {
  return (row) => ((value(row) ?? 0) > 0 ? 'bad' : 'plain');
}

function intake({ received, created }: ReportedLine): number {
  return received + created;
}

function outcome({ passed, absorbed }: ReportedLine): number {
  return passed + absorbed;
}

function dropped({ dropped: drops }: ReportedLine): number {
  return Object.values(drops).reduce((all, items) => all + items, 0);
}

function dropsOf({ dropped: drops }: ReportedLine): string {
  const reasons = Object.entries(drops).toSorted(([, one], [, other]) => other - one);
  return reasons.length === 0
    ? '0'
    : reasons.map(([reason, items]) => `${formatCount(items)} ${reason}`).join(', ');
}

function queueOf({ queue }: ReportedLine): string {
  return queue === undefined ? '' : `${formatCount(queue.size)}/${formatCount(queue.capacity)} ${queue.unit}`;
}
