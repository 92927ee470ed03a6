import type { ConfigNode } from './tree.js';

/** Nothing is written behind the key. */
export function isNull(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** What a node is, in words; its text may be a secret. */
export function nodeWords(node: ConfigNode): string {
  if (node.kind !== 'scalar') return `a ${node.kind}`;
  if (node.value === null) return 'nothing';
  return typeof node.value === 'string'
    ? 'text'
    : typeof node.value === 'boolean'
      ? 'true or false'
      : 'a number';
}
