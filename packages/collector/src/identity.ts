import type { ConfigProblem, Declaration } from '@tributary/component';

/** ` (agent.ts:12:3)`, or nothing where it is not known. */
export function originOf({ origin }: Declaration): string {
  return origin === undefined ? '' : ` (${origin.file}:${origin.line}:${origin.column})`;
}

/**
 * Two objects must not answer to one id, nor a connector to that of a receiver or
 * exporter: figures, logs and addresses could not be told apart. Processors are
 * exempt, because each pipeline commonly has a `batch()` of its own.
 */
export function checkIds(
  references: readonly { readonly reference: object; readonly declaration: Declaration }[],
  problems: ConfigProblem[],
): void {
  const first = new Map<string, { readonly reference: object; readonly declaration: Declaration }>();
  for (const current of new Map(references.map((entry) => [entry.reference, entry])).values()) {
    const { id, definition } = current.declaration;
    if (definition.kind === 'processor') continue;
    const key = `${definition.kind} ${id}`;
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, current);
      continue;
    }
    problems.push({
      path: [`${definition.kind}s`, id],
      message:
        `two ${definition.kind}s have this id${originOf(other.declaration)}${originOf(current.declaration)}; ` +
        `use one object in both places, or give one a name: ${definition.type}(config, { name: '...' })`,
    });
  }
  for (const [key, { declaration }] of first) {
    if (!key.startsWith('connector ')) continue;
    for (const kind of ['exporter', 'receiver'] as const) {
      const other = first.get(`${kind} ${declaration.id}`);
      if (other === undefined) continue;
      const { id } = declaration;
      problems.push({
        path: ['connectors', id],
        message:
          `ambiguous ID: Found both "${id}" ${kind}${originOf(other.declaration)} and "${id}" connector` +
          `${originOf(declaration)}. Change one of the components' IDs to eliminate ambiguity ` +
          `(e.g. rename "${id}" connector to "${id}/connector")`,
      });
    }
  }
}
