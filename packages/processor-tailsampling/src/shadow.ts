import type { Settings } from '@tributary/component';
import type { Decided } from './why/decided.js';

/** Traces, their spans and their bytes. */
export interface Amount {
  readonly traces: number;
  readonly spans: number;
  readonly bytes: number;
}

/** What the shadow policies would have done differently. */
export interface ShadowAnswer {
  readonly keptByBoth: Amount;
  /** Of what the policies keep, what the shadow policies would not. */
  readonly keptByPoliciesOnly: Amount;
  readonly keptByShadowOnly: Amount;
  readonly keptByNeither: Amount;
  /** Where they differ: who is credited on either side, the most traces first. */
  readonly differences: readonly (Amount & { readonly policy: string; readonly shadowPolicy: string })[];
  readonly text: readonly string[];
}

interface Counts extends Amount {
  traces: number;
  spans: number;
  bytes: number;
}

const nobody = 'none';

/** Compares what is done with what the shadow policies would have done. It acts on nothing. */
export class Shadow {
  readonly #kept = { both: zero(), policies: zero(), shadow: zero(), neither: zero() };
  readonly #differences = new Map<string, Counts & { policy: string; shadowPolicy: string }>();

  add({ policies, decision, shadow, shadowPolicies, spanCount, byteLength }: Decided): void {
    if (shadow === undefined) return;
    const isKept = decision.verdict === 'sampled';
    const wouldBeKept = shadow.verdict === 'sampled';
    const kept = this.#kept;
    const counts = isKept
      ? wouldBeKept
        ? kept.both
        : kept.policies
      : wouldBeKept
        ? kept.shadow
        : kept.neither;
    count(counts, spanCount, byteLength);
    if (isKept === wouldBeKept) return;
    const policy = isKept ? policies.policies[decision.policy]!.name : nobody;
    const shadowPolicy = wouldBeKept ? shadowPolicies!.policies[shadow.policy]!.name : nobody;
    const key = JSON.stringify([policy, shadowPolicy]);
    let difference = this.#differences.get(key);
    if (difference === undefined) {
      this.#differences.set(key, (difference = { ...zero(), policy, shadowPolicy }));
    }
    count(difference, spanCount, byteLength);
  }

  answer(): ShadowAnswer {
    const { both, policies, shadow, neither } = this.#kept;
    const differences = [...this.#differences.values()].toSorted((a, b) => b.traces - a.traces);
    return {
      keptByBoth: both,
      keptByPoliciesOnly: policies,
      keptByShadowOnly: shadow,
      keptByNeither: neither,
      differences,
      text: [
        `kept by both: ${inWords(both)}`,
        `kept by the policies alone: ${inWords(policies)}`,
        `kept by the shadow alone: ${inWords(shadow)}`,
        `kept by neither: ${inWords(neither)}`,
        ...differences.map(
          (amount) => `  ${amount.policy} here, ${amount.shadowPolicy} there: ${inWords(amount)}`,
        ),
      ],
    };
  }

  /** Tells the counters of ours at each collection. Returns how to end that. */
  observe(meter: Settings<unknown>['meter']): () => void {
    const ends = (['traces', 'spans', 'bytes'] as const).map((unit) => {
      const counter = meter.createObservableCounter(`tributary_tail_sampling_shadow_${unit}`, {
        description: `Number of ${unit} by what became of them and what the shadow policies would have done.`,
        unit: unit === 'bytes' ? 'By' : `{${unit}}`,
      });
      const callback = (result: {
        observe(value: number, attributes: Readonly<Record<string, string>>): void;
      }): void => {
        const { both, policies, shadow, neither } = this.#kept;
        result.observe(both[unit], { kept: 'true', shadow_kept: 'true' });
        result.observe(policies[unit], { kept: 'true', shadow_kept: 'false' });
        result.observe(shadow[unit], { kept: 'false', shadow_kept: 'true' });
        result.observe(neither[unit], { kept: 'false', shadow_kept: 'false' });
      };
      counter.addCallback(callback);
      return () => counter.removeCallback(callback);
    });
    return () => ends.forEach((end) => end());
  }
}

function zero(): Counts {
  return { traces: 0, spans: 0, bytes: 0 };
}

function count(counts: Counts, spans: number, bytes: number): void {
  counts.traces++;
  counts.spans += spans;
  counts.bytes += bytes;
}

function inWords({ traces, spans, bytes }: Amount): string {
  return `${traces} trace${traces === 1 ? '' : 's'}, ${spans} span${spans === 1 ? '' : 's'}, ${bytes} bytes`;
}
