import { UsageError } from './command-line.js';

/** A switch of the program, as the Collector's: alpha is off, beta is on, stable on for good, deprecated off for good. */
export interface FeatureGate {
  readonly id: string;
  readonly stage: 'Alpha' | 'Beta' | 'Stable' | 'Deprecated';
  readonly description: string;
}

/**
 * The gates that there are, by id. Those of the Collector whose effect is always there are stable; the others have
 * no effect here, so that naming one is refused.
 */
export const featureGates: readonly FeatureGate[] = [
  {
    id: 'service.partialReload',
    stage: 'Stable',
    description: 'A reload restarts what has changed and nothing else.',
  },
  {
    id: 'service.partialReloadReceivers',
    stage: 'Stable',
    description: 'A reload that changes receivers leaves the rest running.',
  },
  { id: 'service.profilesSupport', stage: 'Stable', description: 'Pipelines of profiles.' },
];

/** Whether a gate is on where nobody has said anything. */
export function isOnByDefault({ stage }: FeatureGate): boolean {
  return stage === 'Beta' || stage === 'Stable';
}

/**
 * Reads the values of `--feature-gates`.
 *
 * @returns which gates are on, and what the user should be told
 * @throws UsageError with everything that is wrong
 */
export function applyFeatureGates(
  lists: readonly string[],
  gates: readonly FeatureGate[] = featureGates,
): { readonly enabled: ReadonlySet<string>; readonly notices: readonly string[] } {
  const enabled = new Set(gates.filter(isOnByDefault).map(({ id }) => id));
  const notices: string[] = [];
  const problems: string[] = [];
  for (const list of lists.filter((text) => text !== '')) {
    for (const [index, item] of list.split(',').entries()) {
      const isOn = !item.startsWith('-');
      const id = item.replace(/^[+-]/, '');
      const gate = gates.find((known) => known.id === id);
      const problem =
        id === '' ? `empty feature gate identifier at index ${index}` : problemOf(id, gate, isOn, gates);
      if (problem !== undefined) problems.push(problem);
      else if (gate?.stage === 'Stable')
        notices.push(`Feature gate "${id}" is stable and always enabled: leave it out.`);
      else if (gate?.stage === 'Deprecated') {
        notices.push(`Feature gate "${id}" is deprecated and always disabled: leave it out.`);
      } else if (isOn) enabled.add(id);
      else enabled.delete(id);
    }
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return { enabled, notices };
}

function problemOf(
  id: string,
  gate: FeatureGate | undefined,
  isOn: boolean,
  gates: readonly FeatureGate[],
): string | undefined {
  if (gate === undefined) {
    return `no such feature gate "${id}". valid gates: [${gates.map((known) => known.id).join(' ')}]`;
  }
  if (gate.stage === 'Stable' && !isOn) return `feature gate "${id}" is stable, can not be disabled`;
  if (gate.stage === 'Deprecated' && isOn) return `feature gate "${id}" is deprecated, can not be enabled`;
  return undefined;
}
