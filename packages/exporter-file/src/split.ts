import type { Batch, Signal } from '@tributary/component';
import {
  Logs,
  Metrics,
  Traces,
  type ResourceLogs,
  type ResourceMetrics,
  type ResourceProfiles,
  type ResourceSpans,
} from '@tributary/pdata';

type ResourceGroup = ResourceSpans | ResourceMetrics | ResourceLogs | ResourceProfiles;

/** The resources of a batch, each with its records. */
export function resourcesOf(batch: Batch<Signal>): Iterable<ResourceGroup> {
  switch (batch.signal) {
    case 'traces':
      return batch.resourceSpans();
    case 'metrics':
      return batch.resourceMetrics();
    case 'logs':
      return batch.resourceLogs();
    case 'profiles':
      return batch.resourceProfiles();
  }
}

/**
 * Batches by the key of their resources, whose keys are in the order of {@link resourcesOf}; those without a
 * key are left out. The batch itself is not changed.
 */
export function splitBy(
  batch: Batch<Signal>,
  keys: readonly (string | undefined)[],
): ReadonlyMap<string, Batch<Signal>> {
  const [first] = keys;
  if (first !== undefined && keys.every((key) => key === first)) return new Map([[first, batch]]);
  switch (batch.signal) {
    case 'traces':
      return collect(
        batch.resourceSpans(),
        keys,
        () => Traces.create(),
        (part, group) => part.addResourceSpans(group),
      );
    case 'metrics':
      return collect(
        batch.resourceMetrics(),
        keys,
        () => Metrics.create(),
        (part, group) => part.addResourceMetrics(group),
      );
    case 'logs':
      return collect(
        batch.resourceLogs(),
        keys,
        () => Logs.create(),
        (part, group) => part.addResourceLogs(group),
      );
    case 'profiles': {
      // Each part needs the dictionary, which goes with a copy of all.
      const distinct = new Set(keys.filter((key) => key !== undefined));
      return new Map([...distinct].map((key) => [key, pick(batch, (index) => keys[index] === key)]));
    }
  }
}

function collect<G, B extends Batch<Signal>>(
  groups: Iterable<G>,
  keys: readonly (string | undefined)[],
  create: () => B,
  add: (part: B, group: G) => void,
): ReadonlyMap<string, B> {
  const parts = new Map<string, B>();
  let index = 0;
  for (const group of groups) {
    const key = keys[index++];
    if (key === undefined) continue;
    let part = parts.get(key);
    if (part === undefined) parts.set(key, (part = create()));
    add(part, group);
  }
  return parts;
}

/** A batch of the resources whose index is wanted. */
export function pick(batch: Batch<Signal>, isWanted: (index: number) => boolean): Batch<Signal> {
  const part = batch.clone();
  let index = 0;
  for (const group of resourcesOf(part)) if (!isWanted(index++)) group.remove();
  return part;
}
