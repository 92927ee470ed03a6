import { definitionOf, type ComponentDefinition, type Signal } from '@tributary/component';
import { inArrangement } from './arrangement.js';
import type { Way } from './mount.js';
import type { ContractOptions, ContractRemote } from './options.js';
import type { ContractRule } from './rule.js';
import { dataRules } from './rules/data.js';
import { lifecycleRules } from './rules/lifecycle.js';

/** One check, for any test framework. */
export interface ContractCheck {
  readonly name: string;
  readonly rule: ContractRule;
  /** Rejects where the rule is broken. */
  readonly run: () => Promise<void>;
  /** Why it is not to be run. */
  readonly skip: string | undefined;
}

/**
 * What every component must do, as checks that no test framework is needed for:
 * each runs one component by itself, on virtual time, between a source and an end that
 * are the suite's. {@link registerChecks} hands them to `vitest` or `node:test`.
 */
export function contractSuite<R extends ContractRemote = ContractRemote>(
  options: ContractOptions<R>,
): readonly ContractCheck[] {
  const definition = definitionOf(options.factory);
  const { kind, type } = definition;
  return waysOf(definition, options.signals ?? options.factory.signals).flatMap((way) => {
    const isThrough = way.from !== undefined && way.from === way.to;
    const hasEnd = kind === 'exporter' ? options.remote !== undefined : isThrough;
    return [...lifecycleRules, ...dataRules]
      .filter(({ needs = 'nothing' }) => {
        if (needs === 'nothing') return true;
        if (kind === 'extension' || (kind === 'receiver' && options.send === undefined)) return false;
        if (needs === 'signal') return true;
        if (needs === 'part' && way.from === 'profiles') return false;
        return hasEnd && (needs === 'end' || needs === 'part' || needs === (options.outcome ?? 'carried'));
      })
      .map(({ rule, check }) => ({
        name: [type, ...titleOf(way), rule].join(' '),
        rule,
        skip: options.skip?.[rule],
        run: () => inArrangement(options, way, check),
      }));
  });
}

/** The ways through a component: one for each signal, or pair of signals. */
function waysOf({ kind, pairs }: ComponentDefinition, signals: readonly Signal[]): readonly Way[] {
  // An extension takes no signal, and is checked once.
  if (kind === 'extension') return [{ from: undefined, to: undefined }];
  if (kind !== 'connector') return signals.map((signal) => ({ from: signal, to: signal }));
  return signals.flatMap((from) =>
    allSignals.filter((to) => pairs[from]?.[to] !== undefined).map((to) => ({ from, to })),
  );
}

const allSignals: readonly Signal[] = ['traces', 'metrics', 'logs', 'profiles'];

function titleOf({ from, to }: Way): readonly string[] {
  if (from === undefined) return [];
  return [from === to ? `(${from})` : `(${from} to ${to})`];
}

/** Registers checks with the `test` of vitest or node:test. A skipped one states its reason. */
export function registerChecks(
  checks: readonly ContractCheck[],
  test: {
    (name: string, run: () => Promise<void>): unknown;
    skip(name: string, run: () => Promise<void>): unknown;
  },
): void {
  for (const { name, run, skip } of checks) {
    if (skip === undefined) test(name, run);
    else test.skip(`${name} (skipped: ${skip})`, run);
  }
}
