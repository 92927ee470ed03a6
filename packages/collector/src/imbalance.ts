import type { Balance, BalanceLine, EdgeLine } from './books.js';

/** By how much a line is off: what is missing on the side of what became of the items. 0: it adds up. */
export function missingOf(line: BalanceLine): number {
  const { received, created, passed, absorbed, held } = line;
  return received + created - passed - absorbed - droppedOf(line) - held;
}

/** The same of an edge. */
export function missingOnEdge({ offered, accepted, refused, inFlight }: EdgeLine): number {
  return offered - accepted - refused - inFlight;
}

/** Dropped for whatever reason. */
export function droppedOf({ dropped }: Pick<BalanceLine, 'dropped'>): number {
  let all = 0;
  for (const items of dropped.values()) all += items;
  return all;
}

/**
 * The lines that do not add up, a sentence each: for tests, and for whoever suspects
 * a component. A component that tells its ledger the truth never makes one.
 */
export function imbalances(balance: Balance): readonly string[] {
  const { components, edges } = balance;
  return [
    ...components.filter((line) => missingOf(line) !== 0).map(sentenceOf),
    ...edges.filter((line) => missingOnEdge(line) !== 0).map(sentenceOfEdge),
  ];
}

function sentenceOf(line: BalanceLine): string {
  const { component, kind, pipeline, signal, received, created, passed, absorbed, held } = line;
  const missing = missingOf(line);
  return (
    `${kind} "${component}" in ${pipeline} (${signal}): ` +
    `received ${received} + created ${created} is not ` +
    `passed ${passed} + absorbed ${absorbed} + dropped ${droppedOf(line)} + held ${held}: ` +
    (missing > 0 ? `${missing} items are lost` : `${-missing} items came from nowhere`)
  );
}

function sentenceOfEdge({ from, to, pipeline, offered, accepted, refused, inFlight }: EdgeLine): string {
  return (
    `edge from "${from}" to "${to}" in ${pipeline}: offered ${offered} is not ` +
    `accepted ${accepted} + refused ${refused} + in flight ${inFlight}`
  );
}
