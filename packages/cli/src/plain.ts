import type { ConfigNode, MapNode } from '@tributary/config';
import type { Plain } from './to-yaml.js';

/** What a node says, without where it was written. */
export function plainOf(node: ConfigNode): Plain {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'bigint' ? Number(node.value) : node.value;
    case 'list':
      return node.items.map(plainOf);
    case 'map':
      return plainMap(node);
  }
}

export function plainMap({ entries }: MapNode): { readonly [key: string]: Plain } {
  return Object.fromEntries([...entries].map(([key, { node }]) => [key, plainOf(node)]));
}
