import type { ConfigNode, Diagnostic, ErrorCode, MapNode, Place } from '@tributary/config';

/** Something about a configuration that is right in form and may not be meant. */
export interface Finding {
  readonly code: ErrorCode;
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint: string;
}

/** A finding with the place where it was written, or of what comes nearest: a default was not written. */
export function diagnosticOf(finding: Finding, root: MapNode): Diagnostic {
  return { ...finding, severity: 'warning', place: placeOf(finding.path, root) };
}

function placeOf(path: readonly (string | number)[], root: MapNode): Place {
  let node: ConfigNode = root;
  let place = root.place;
  for (const key of path) {
    if (node.kind === 'map') {
      const entry = node.entries.get(String(key));
      if (entry === undefined) return place;
      ({ node, key: place } = entry);
    } else if (node.kind === 'list') {
      const item: ConfigNode | undefined = node.items[Number(key)];
      if (item === undefined) return place;
      node = item;
      place = item.place;
    }
  }
  return place;
}
