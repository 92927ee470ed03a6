import type { Diagnostic } from './diagnostic.js';
import type { ConfigNode, MapEntry, MapNode } from './tree.js';
import { maxDepth } from './yaml.js';

/** What two configurations are together: maps are merged deep, of everything else the later one stays. */
export function mergeMaps(
  earlier: MapNode,
  later: MapNode,
  diagnostics: Diagnostic[],
  path: readonly (string | number)[] = [],
): MapNode {
  const entries = new Map<string, MapEntry>(earlier.entries);
  for (const [name, entry] of later.entries) {
    const before = entries.get(name);
    const at = [...path, name];
    if (before === undefined) entries.set(name, entry);
    else if (before.node.kind === 'map' && entry.node.kind === 'map')
      entries.set(name, { key: before.key, node: mergeMaps(before.node, entry.node, diagnostics, at) });
    else {
      if (isEmpty(entry.node) && before.node.kind !== 'scalar')
        diagnostics.push(erased(at, before.node.kind, before, entry));
      entries.set(name, entry);
    }
  }
  return { ...earlier, entries };
}

function isEmpty(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function erased(
  path: readonly (string | number)[],
  kind: 'map' | 'list',
  before: MapEntry,
  after: MapEntry,
): Diagnostic {
  const name = path.join('.');
  return {
    code: 'merge-erases',
    severity: 'warning',
    path,
    message: `"${name}" is empty here, and so erases the ${kind} that an earlier source has given.`,
    hint: `Leave "${name}" out${kind === 'map' ? ', or write "{}",' : ''} to keep it.`,
    place: after.key,
    related: [{ message: 'It is given here.', place: before.key }],
  };
}

/** Writes `a::b: 1` as `a: { b: 1 }`, in maps and the maps in them; the maps of a list stay as they are, as in the Collector. */
export function nestKeys(
  map: MapNode,
  diagnostics: Diagnostic[],
  path: readonly (string | number)[] = [],
): MapNode {
  let entries = new Map<string, MapEntry>();
  for (const [name, { key, node }] of map.entries) {
    const names = name.split('::');
    const at = [...path, ...names];
    if (names.includes('') || at.length > maxDepth) {
      const message = names.includes('') ? 'A part of this key is empty.' : 'This key has too many parts.';
      diagnostics.push({ code: 'yaml-key', severity: 'error', path, message, place: key });
      continue;
    }
    let entry: MapEntry = { key, node: node.kind === 'map' ? nestKeys(node, diagnostics, at) : node };
    for (const part of names.slice(1).toReversed())
      entry = { key, node: { kind: 'map', place: key, via: [], entries: new Map([[part, entry]]) } };
    const first = names[0]!;
    if (entries.has(first)) {
      const addition = { ...map, entries: new Map([[first, entry]]) };
      entries = new Map(mergeMaps({ ...map, entries }, addition, diagnostics, path).entries);
    } else {
      entries.set(first, entry);
    }
  }
  return { ...map, entries };
}
