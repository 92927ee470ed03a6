import type { BalanceReport, EdgeLine, ReportedLine } from '@tributary/collector';

/** What happened between two answers, per second; undefined where that cannot be said. */
export interface Rates {
  ofEdge(line: EdgeLine, field: 'offered' | 'refused'): number | undefined;
  ofComponent(line: ReportedLine, value: (line: ReportedLine) => number): number | undefined;
}

/** By the times of the answers themselves. Without an earlier answer of the same collector there are none. */
export function ratesOf(before: BalanceReport | undefined, now: BalanceReport): Rates {
  const seconds = before === undefined ? 0 : (now.uptimeMs - before.uptimeMs) / 1000;
  // It was started anew in between.
  if (before === undefined || seconds <= 0) return { ofEdge: none, ofComponent: none };
  const edges = partners(before.edges, now.edges, ({ from, to, pipeline, signal }) => [
    from,
    to,
    pipeline,
    signal,
  ]);
  const components = partners(before.components, now.components, ({ kind, component, pipeline, signal }) => [
    kind,
    component,
    pipeline,
    signal,
  ]);
  const rate = (earlier: number | undefined, later: number): number | undefined => {
    // Less than before: the books were closed and others opened under the name.
    if (earlier === undefined || later < earlier) return undefined;
    return (later - earlier) / seconds;
  };
  return {
    ofEdge: (line, field) => rate(edges.get(line)?.[field], line[field]),
    ofComponent(line, value) {
      const partner = components.get(line);
      return rate(partner && value(partner), value(line));
    },
  };
}

function none(): undefined {
  return undefined;
}

/** Which line of an earlier answer a line is. While a reload drains, two may have one name: then order decides. */
function partners<L>(
  before: readonly L[],
  now: readonly L[],
  nameOf: (line: L) => readonly string[],
): ReadonlyMap<L, L> {
  const byName = new Map<string, L[]>();
  for (const line of before) {
    const name = JSON.stringify(nameOf(line));
    const lines = byName.get(name);
    if (lines === undefined) byName.set(name, [line]);
    else lines.push(line);
  }
  const found = new Map<L, L>();
  for (const line of now) {
    const partner = byName.get(JSON.stringify(nameOf(line)))?.shift();
    if (partner !== undefined) found.set(line, partner);
  }
  return found;
}
