import { declarationOf } from '@tributary/component';
import type { ConfigNode, MapNode } from '@tributary/config';
import type { Plain } from './to-yaml.js';

/** What a node says, without where it was written. */
export function plainOf(node: ConfigNode): Plain {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainOf);
    case 'map':
      return plainMap(node);
  }
}

export function plainMap({ entries }: MapNode): { readonly [key: string]: Plain } {
  return Object.fromEntries([...entries].map(([key, { node }]) => [key, plainOf(node)]));
}

/** The same of what code would write. Where that has an extension itself, there is its id; it is added to `extensions`. */
export function plainOfCode(value: unknown, extensions: Map<string, object>): Plain {
  if (Array.isArray(value)) return value.map((item) => plainOfCode(item, extensions));
  if (typeof value !== 'object' || value === null) return value as Plain;
  const id = idOf(value);
  if (id !== undefined) {
    extensions.set(id, value);
    return id;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, plainOfCode(inner, extensions)]),
  );
}

function idOf(value: object): string | undefined {
  try {
    return declarationOf(value).id;
  } catch {
    return undefined; // A section.
  }
}
