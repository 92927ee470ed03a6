import type { PlannedPart, PlannedPipeline } from './graph.js';

/** A way that leads back to where it began, in the Collector's words, and a pipeline on it. */
export interface Cycle {
  readonly message: string;
  readonly pipeline: string;
}

/** The first cycle; every cycle goes through a connector. */
export function findCycle(pipelines: ReadonlyMap<string, PlannedPipeline>): Cycle | undefined {
  const done = new Set<PlannedPart>();
  /** The connectors on the way down, and what stands before each. */
  const way: { readonly part: PlannedPart; readonly steps: readonly string[] }[] = [];

  function visit(part: PlannedPart, steps: readonly string[], from: string): Cycle | undefined {
    const index = way.findIndex((entry) => entry.part === part);
    if (index >= 0) {
      const after = way.slice(index + 1).flatMap((entry) => [...entry.steps, nameOf(entry.part)]);
      const names = [nameOf(part), ...after, ...steps, nameOf(part)];
      return { message: `cycle detected: ${names.join(' -> ')}`, pipeline: from };
    }
    if (done.has(part)) return undefined;
    way.push({ part, steps });
    for (const id of part.feeds) {
      const { processors, exporters } = pipelines.get(id)!;
      const between = processors.map(({ name }) => `processor "${name}" in pipeline "${id}"`);
      for (const next of exporters) {
        const cycle = next.kind === 'connector' ? visit(next, between, id) : undefined;
        if (cycle !== undefined) return cycle;
      }
    }
    way.pop();
    done.add(part);
    return undefined;
  }

  for (const { id, exporters } of pipelines.values()) {
    for (const part of exporters) {
      const cycle = part.kind === 'connector' ? visit(part, [], id) : undefined;
      if (cycle !== undefined) return cycle;
    }
  }
  return undefined;
}

function nameOf({ name, signal, to }: PlannedPart): string {
  return `connector "${name}" (${signal} to ${to})`;
}
