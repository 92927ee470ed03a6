import type { ConfigNode, MapEntry, Place } from './tree.js';

/** A part of a tree, and how to point at it. */
export interface Located {
  readonly node: ConfigNode;
  /** From the top of the configuration. */
  readonly path: readonly (string | number)[];
  /** The key that it stands behind, in the map that is nearest. */
  readonly entry: MapEntry | undefined;
}

/**
 * The part of `root` that a path leads to, or the last that there is on the way. The first `skip`
 * parts of the path lead to `root` itself.
 */
export function locate(root: ConfigNode, path: readonly (string | number)[], skip: number): Located {
  let node = root;
  let entry: MapEntry | undefined;
  for (let depth = skip; depth < path.length; depth++) {
    const step = path[depth]!;
    const next = node.kind === 'map' ? node.entries.get(String(step)) : undefined;
    const below = node.kind === 'list' ? node.items[Number(step)] : next?.node;
    if (below === undefined) return { node, path: path.slice(0, depth), entry };
    node = below;
    entry = next ?? entry;
  }
  return { node, path, entry };
}

/** The place that a person can look at: in a text that may be shown, else where it was asked for. */
export function visiblePlace(place: Place, via: readonly Place[]): Place {
  return place.source.isSecret === true
    ? (via.findLast(({ source }) => source.isSecret !== true) ?? place)
    : place;
}
