import { declarationOf, type ConfigProblem, type Declaration } from '@tributary/component';
import { originOf } from './identity.js';

/** An extension to be made. */
export interface PlannedExtension {
  readonly reference: object;
  readonly declaration: Declaration;
}

/**
 * The extensions that are listed, and those that a component's config refers to,
 * each after those that its own config refers to.
 */
export function extensionsOf(
  listed: readonly object[],
  components: readonly { readonly declaration: Declaration }[],
  problems: ConfigProblem[],
): PlannedExtension[] {
  const ordered = new Map<object, PlannedExtension>();
  const way: PlannedExtension[] = [];

  function visit(extension: PlannedExtension): void {
    if (ordered.has(extension.reference)) return;
    const index = way.findIndex(({ reference }) => reference === extension.reference);
    if (index >= 0) {
      const ids = [...way.slice(index), extension].map(({ declaration }) => declaration.id);
      problems.push({
        path: ['service', 'extensions'],
        message: `unable to order extensions by dependencies, cycle found [${ids.join(' -> ')}]`,
      });
      return;
    }
    way.push(extension);
    for (const dependency of referredIn(extension.declaration.config)) visit(dependency);
    way.pop();
    ordered.set(extension.reference, extension);
  }

  listed.forEach((reference, index) => {
    const found = asExtension(reference);
    if (found !== undefined) return visit(found);
    problems.push({
      path: ['service', 'extensions', index],
      message: `is not an extension${originIfAny(reference)}`,
    });
  });
  for (const { declaration } of components) {
    for (const extension of referredIn(declaration.config)) visit(extension);
  }
  return [...ordered.values()];
}

/** The extension references in a config, at whatever depth. */
function referredIn(config: unknown, seen: Set<object> = new Set()): PlannedExtension[] {
  if (typeof config !== 'object' || config === null || seen.has(config)) return [];
  seen.add(config);
  const extension = asExtension(config);
  if (extension !== undefined) return [extension];
  const isPlain = Array.isArray(config) || Object.getPrototypeOf(config) === Object.prototype;
  return isPlain ? Object.values(config).flatMap((value) => referredIn(value, seen)) : [];
}

function asExtension(value: object): PlannedExtension | undefined {
  if ((value as { kind?: unknown }).kind !== 'extension') return undefined;
  try {
    return { reference: value, declaration: declarationOf(value) };
  } catch {
    // A config may have a key `kind` of its own.
    return undefined;
  }
}

function originIfAny(value: object): string {
  try {
    return originOf(declarationOf(value));
  } catch {
    // Not a reference of any kind, so nobody knows where it was made.
    return '';
  }
}
