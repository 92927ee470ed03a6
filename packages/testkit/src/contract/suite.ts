import { definitionOf } from '@tributary/component';
import { inArrangement } from './arrangement.js';
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
  const { kind, type, pairs } = definitionOf(options.factory);
  const isExtension = kind === 'extension';
  // An extension takes no signal, and is checked once.
  const signals = isExtension ? [undefined] : (options.signals ?? options.factory.signals);
  return signals.flatMap((signal) => {
    const isThrough = kind !== 'connector' || pairs[signal!]?.[signal!] !== undefined;
    const hasEnd = kind === 'exporter' ? options.remote !== undefined : isThrough;
    return [...lifecycleRules, ...dataRules]
      .filter(({ needs = 'nothing' }) => {
        if (needs === 'nothing') return true;
        if (isExtension || (kind === 'receiver' && options.send === undefined)) return false;
        if (needs === 'signal') return true;
        if (needs === 'part' && signal === 'profiles') return false;
        return hasEnd && (needs === 'end' || needs === 'part' || needs === (options.outcome ?? 'carried'));
      })
      .map(({ rule, check }) => ({
        name: `${type}${signal === undefined ? '' : ` (${signal})`} ${rule}`,
        rule,
        skip: options.skip?.[rule],
        run: () => inArrangement(options, signal, check),
      }));
  });
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
